#include "layers/spatial.hpp"

namespace ntkc::layers {

Layer conv() {
  return {.name = "conv",
          .arguments = convolution_arguments(),
          .doc = "A convolution: as dense, with K replaced by its mean over the filter at both positions.",
          .has_weights = true,
          .shape = convolution};
}

}  // namespace ntkc::layers
