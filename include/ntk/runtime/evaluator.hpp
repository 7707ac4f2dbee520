// The evaluator of a generated network: its kernels of a pair, of all pairs, of all samples with themselves.
#pragma once
#include <cmath>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "ntk/runtime/features.hpp"
#include "ntk/runtime/gram.hpp"
#include "ntk/runtime/model.hpp"
#include "ntk/runtime/views.hpp"

namespace ntk {

template <class T>
struct Kernels {
  T nngp, ntk;  // a kernel that the network was not compiled for is 0
};

// Throws std::domain_error unless the param is a finite number in [low, high].
inline void check_range(const char* name, double value, double low, double high) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  throw std::domain_error("param " + std::string(name) + " = " + std::to_string(value) + " is not in [" + std::to_string(low) + ", " +
                          std::to_string(high) + "]");
}

template <class Model>
class Evaluator {
 public:
  using Params = typename Model::Parameters;

  // Throws std::domain_error if a param is out of its range.
  explicit Evaluator(const Params& params = {}) : model_(params) {}
  const Params& params() const { return model_.params; }
  const Model& model() const { return model_; }

  // The symmetric matrix of the rows of x with each other: the NTK, the kernel asked for, or both at once. With a range of rows: the
  // pairs (i, j <= i) of i in the range, written at (i, j) and (j, i), so that callers can share the work. Throws std::invalid_argument
  // if the shapes do not fit.
  template <class X, class K>
  void gram(const X& x, K&& k, RowRange rows = {}) const { gram(x, k, wanted(), rows); }
  template <class X, class K>
  void gram(const X& x, K&& k, Nngp, RowRange rows = {}) const {
    check_nngp();
    ntk::gram(model_, const_matrix(x), matrix(k), no_matrix(k), rows);
  }
  template <class X, class K>
  void gram(const X& x, K&& k, Ntk, RowRange rows = {}) const {
    check_ntk();
    ntk::gram(model_, const_matrix(x), no_matrix(k), matrix(k), rows);
  }
  template <class X, class K>
  requires(!std::is_same_v<std::decay_t<K>, RowRange> && !is_selector<K>)
  void gram(const X& x, K&& nngp, K&& ntk, RowRange rows = {}) const {
    check_nngp(), check_ntk();
    ::ntk::gram(model_, const_matrix(x), matrix(nngp), matrix(ntk), rows);
  }
};

}  // namespace ntk
