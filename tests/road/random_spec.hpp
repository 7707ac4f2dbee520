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
  bool growing = false;     // has activations that grow quickly: norms of 1000 would leave the range of doubles
  bool centred = false;     // a layer_norm takes the mean off: what is left of small variances lost as many digits
  bool joins = false;       // has nodes that may depend on each other, so that some distances follow from covariances, with fewer digits
};

RandomSpec random_spec(std::uint64_t seed);

}  // namespace ntkc::tests
