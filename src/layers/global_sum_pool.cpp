#include "layers/spatial.hpp"

namespace ntkc::layers {

Layer global_sum_pool() {
  return {.name = "global_sum_pool",
          .arguments = {},
          .doc = "The sum of K and of Theta over all pairs of positions.",
          .has_weights = false,
          .shape = all_positions};
}

}  // namespace ntkc::layers
