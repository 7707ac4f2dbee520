// The samples of one side: their rows, what the sample program leaves of them, and the norms of the features that products read.
#pragma once
#include <vector>

#include "engine/engine.hpp"
#include "engine/machine.hpp"

namespace ntkc::engine {

// Rows of features as a matrix with a stride.
struct FeatureRows {
  const double* data = nullptr;
  std::size_t size = 0, stride = 0;
  const double* row(std::size_t i) const { return data + i * stride; }
};

class Samples {
 public:
  Samples(const Context& context, Rows rows);  // runs the sample program, with the threads of the arena around

  std::size_t count() const { return rows_.rows; }
  const Store& store() const { return store_; }
  FeatureRows features(std::size_t product, bool left) const;  // left or right features of a product
  // inner(f, f) of each sample, f the left or right features of a product; zeros beyond the last.
  const double* norms(std::size_t product, bool left) const { return norms_[2 * product + (left ? 0 : 1)].data(); }

 private:
  FeatureRows features(const plan::Ref& ref) const;

  const plan::Plan& plan_;
  Rows rows_;
  std::vector<std::size_t> sizes_, offsets_;
  Store store_;
  std::vector<std::vector<double>> norms_;
};

}  // namespace ntkc::engine
