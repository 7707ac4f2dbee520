#include "layers/spatial.hpp"

namespace ntkc::layers {

Layer global_avg_pool() {
  return {.name = "global_avg_pool",
          .arguments = {},
          .doc = "The mean of K and of Theta over all pairs of positions.",
          .has_weights = false,
          .shape = all_positions};
}

}  // namespace ntkc::layers
