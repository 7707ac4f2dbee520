#include "layers/layer.hpp"

namespace ntkc::layers {

Layer scan() {
  return {.name = "scan", .arguments = {}, .doc = "One step for each position of axis 0, with the same weights.", .structural = true};
}

}  // namespace ntkc::layers
