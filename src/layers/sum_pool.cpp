#include "layers/spatial.hpp"

namespace ntkc::layers {

Layer sum_pool() {
  return {.name = "sum_pool",
          .arguments = pool_arguments(),
          .doc = "The sum of K and of Theta over both windows.",
          .has_weights = false,
          .shape = pool};
}

}  // namespace ntkc::layers
