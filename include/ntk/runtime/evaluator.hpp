// The evaluator of a generated network: its kernels of all pairs of samples, of samples with themselves, of one pair.
#pragma once
#ifndef NTK_RUNTIME_EVALUATOR_HPP
#define NTK_RUNTIME_EVALUATOR_HPP
#include <cmath>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <type_traits>

#include "ntk/runtime/gram.hpp"
#include "ntk/runtime/pair.hpp"
#include "ntk/runtime/views.hpp"

namespace ntk::NTK_ABI {

// Throws std::domain_error unless the param is a finite number in [low, high].
inline void check_range(const char* name, double value, double low, double high) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << "param " << name << " = " << value << " is not in [" << low << ", " << high << "]";
  throw std::domain_error(text.str());
}

template <class T>
concept NotSelector = !std::is_same_v<std::decay_t<T>, Selector>;

// X, Y and K stand for anything that converts to a view: ntk::MatrixView, an Eigen matrix or map that is row-major, a nested array.
template <Model M>
class Evaluator {
 public:
  using Params = typename M::Parameters;

  // Throws std::domain_error if a param is out of its range.
  explicit Evaluator(const Params& params = {}) : model_(params) {}
  const Params& params() const { return model_.params; }
  const M& model() const { return model_; }

  // The symmetric matrix of the rows of x with each other: one kernel (the NTK if nothing is said), or both at once. With a range of rows:
  // the pairs (i, j <= i) of i in the range, written at (i, j) and (j, i), so that callers can share the work.
  // These throw std::invalid_argument if shapes do not fit, or the kernel was not compiled.
  template <class X, class K>
  void gram(const X& x, K&& k, Selector which = standard(), RowRange rows = {}) const {
    one(k, which, [&](auto nngp, auto ntk) { ::ntk::gram(model_, const_matrix(x), nngp, ntk, rows); });
  }
  template <class X, MatrixLike K, MatrixLike L>
  void gram(const X& x, K&& nngp, L&& ntk, RowRange rows = {}) const {
    both();
    ::ntk::gram(model_, const_matrix(x), matrix(nngp), matrix(ntk), rows);
  }

  // What ranges of rows of the matrix of x share, for results of type T: made once, it is used by several threads. The evaluator and the
  // numbers of x must live as long.
  template <class T>
  class Prepared {
   public:
    template <class X>
    Prepared(const M& model, const X& x) : matrix_(model, x, x.rows), rows_(x.rows) {}
    // As gram of the evaluator.
    template <class K>
    void gram(K&& k, Selector which = standard(), RowRange rows = {}) const {
      one(k, which, [&](auto nngp, auto ntk) { run(nngp, ntk, rows); });
    }
    template <MatrixLike K, MatrixLike L>
    void gram(K&& nngp, L&& ntk, RowRange rows = {}) const {
      both();
      run(matrix(nngp), matrix(ntk), rows);
    }

   private:
    void run(MatrixView<T> nngp, MatrixView<T> ntk, RowRange rows) const {
      drivers::check(nngp, rows_, rows_), drivers::check(ntk, rows_, rows_);
      matrix_.gram(nngp, ntk, drivers::cut(rows, rows_));
    }
    Symmetric<M, T> matrix_;
    std::size_t rows_;
  };
  template <class T = double, class X>
  Prepared<T> prepare(const X& x) const {
    return Prepared<T>(model_, const_matrix(x));
  }

  // The matrix of the rows of x with the rows of y, or the part of it that a range of rows of x gives.
  template <class X, class Y, class K>
  void cross(const X& x, const Y& y, K&& k, Selector which = standard(), RowRange rows = {}) const {
    one(k, which, [&](auto nngp, auto ntk) { ::ntk::cross(model_, const_matrix(x), const_matrix(y), nngp, ntk, rows); });
  }
  template <class X, class Y, MatrixLike K, MatrixLike L>
  void cross(const X& x, const Y& y, K&& nngp, L&& ntk, RowRange rows = {}) const {
    both();
    ::ntk::cross(model_, const_matrix(x), const_matrix(y), matrix(nngp), matrix(ntk), rows);
  }

  // The kernels of each row of x with itself, into a vector: d[i] of row i.
  template <class X, class D>
  void diag(const X& x, D&& d, Selector which = standard(), RowRange rows = {}) const {
    check(which);
    const auto view = vector(d);
    using View = std::remove_const_t<decltype(view)>;
    ::ntk::diag(model_, const_matrix(x), which == Selector::nngp ? view : View(), which == Selector::nngp ? View() : view, rows);
  }
  template <class X, class D, NotSelector E>
  void diag(const X& x, D&& nngp, E&& ntk, RowRange rows = {}) const {
    both();
    ::ntk::diag(model_, const_matrix(x), vector(nngp), vector(ntk), rows);
  }

  // The kernels of one pair: anything with data() and size(), arrays too. Floats are computed in double; of any other scalar type (dual
  // numbers for derivatives) the answer is of that type. x and y count as two samples even if they are equal.
  template <class A, class B>
  auto pair(const A& x, const B& y) const {
    const auto a = vector(x), b = vector(y);
    if (a.size != b.size) throw std::invalid_argument("ntk: the samples of a pair differ in length");
    return pair_of(model_, a.data, b.data, a.size);
  }

 private:
  static constexpr Selector standard() { return M::has_ntk ? Selector::ntk : Selector::nngp; }
  static void check(Selector which) {
    if (which == Selector::nngp ? !M::has_nngp : !M::has_ntk)
      throw std::invalid_argument("ntk: the network was not compiled for that kernel");
  }
  static void both() { check(Selector::nngp), check(Selector::ntk); }
  template <class K, class F>
  static void one(K&& k, Selector which, F run) {
    check(which);
    const auto view = matrix(k);
    using View = std::remove_const_t<decltype(view)>;
    if (which == Selector::nngp)
      run(view, View());
    else
      run(View(), view);
  }
  M model_;
};

}  // namespace ntk::NTK_ABI
#endif
