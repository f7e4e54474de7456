from tests.support.world import api, sim, world, world_clock

__all__ = ["api", "sim", "world", "world_clock"]
