#include "layers/spatial.hpp"

namespace ntkc::layers {

Layer conv_local() {
  return {.name = "conv_local",
          .arguments = convolution_arguments(),
          .doc = "As conv, with weights that are not shared over positions: all but the bias is kept only for p = p'.",
          .has_weights = true,
          .shape = convolution};
}

}  // namespace ntkc::layers
