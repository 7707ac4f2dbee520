// Random specs of networks on feature vectors that mean something: mostly accepted by the analysis, every one printable.
#pragma once
#include <cstdint>
#include <string>

namespace ntkc::tests {

struct RandomSpec {
  std::string text;         // with its loops
  std::string written_out;  // every `repeat` replaced by its rounds
  bool loops = false;       // the two differ
  bool ntk = true;          // false: only the nngp is wanted, for discontinuous activations
  bool integrated = false;  // has activations without a closed form
};

// `integrated`: draws tanh, softplus, defined activations and the like as well, in a shallow network.
RandomSpec random_spec(std::uint64_t seed, bool integrated = false);

}  // namespace ntkc::tests
