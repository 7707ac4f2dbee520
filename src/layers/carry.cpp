#include "layers/layer.hpp"

namespace ntkc::layers {
namespace {

constexpr Rule kRule{.rank = Rank::data};  // opaque: src/lower/loops.cpp

}  // namespace

Layer carry() { return {.name = "carry", .arguments = {}, .doc = "What comes into a round of a loop.", .structural = true, .rule = kRule}; }

}  // namespace ntkc::layers
