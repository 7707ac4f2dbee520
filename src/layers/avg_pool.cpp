#include "layers/spatial.hpp"

namespace ntkc::layers {

Layer avg_pool() {
  return {.name = "avg_pool",
          .arguments = pool_arguments(),
          .doc = "The mean of K and of Theta over both windows.",
          .has_weights = false,
          .shape = pool};
}

}  // namespace ntkc::layers
