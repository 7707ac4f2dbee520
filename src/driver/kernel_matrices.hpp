// Kernel matrices of samples in memory, as the inference takes them.
#pragma once
#include <vector>

#include "driver/data.hpp"
#include "engine/engine.hpp"
#include "ntk/inference/matrix.hpp"

namespace ntkc::driver {

namespace inference = ::ntk::inference;

class KernelMatrices {
 public:
  // The params have their defaults; the plan must outlive this.
  KernelMatrices(const plan::Plan& plan, unsigned threads);

  // One an output of the plan, in its order.
  std::vector<inference::Matrix> gram(const Data& x) const;                  // [x, x]
  std::vector<inference::Matrix> cross(const Data& x, const Data& y) const;  // [x, y]
  std::vector<inference::Vector> diag(const Data& x) const;                  // k(x, x)
  // Rows from `first` on of [x, x], of one output, as many rows and columns as `block` has; all of them as different samples.
  void rows(const Data& x, std::size_t output, inference::Index first, inference::MatrixOut block) const;

  // False and 9101 if a kernel of x is infinite or no number somewhere: then it is so on the diagonal (Cauchy and Schwarz).
  bool finite(const Data& x, Diagnostics& diagnostics) const;

 private:
  const plan::Plan& plan_;
  engine::Evaluator evaluator_;
};

}  // namespace ntkc::driver
