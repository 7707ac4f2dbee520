#include "layers/layer.hpp"

namespace ntkc::layers {
namespace {

constexpr Rule kRule{.rank = Rank::data};  // opaque: src/lower/loops.cpp

}  // namespace

Layer loop() {
  return {.name = "loop", .arguments = {}, .doc = "What comes out of the last round of a loop.", .structural = true, .rule = kRule};
}

}  // namespace ntkc::layers
