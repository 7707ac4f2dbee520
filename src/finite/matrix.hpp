// Matrices, and matrices with a derivative along one direction, under one set of names: what runs on the former runs on the latter.
#pragma once
#include <Eigen/Core>

#include "finite/pointwise.hpp"

namespace ntkc::finite {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

// value + e slope, e^2 = 0 (forward mode). An empty slope is zero.
template <class T>
struct Jet {
  Matrix<T> value, slope;
};

template <class M>
struct ScalarOf;
template <class T>
struct ScalarOf<Matrix<T>> {
  using Type = T;
};
template <class T>
struct ScalarOf<Jet<T>> {
  using Type = T;
};
template <class M>
using Scalar = typename ScalarOf<M>::Type;

// sum += factor a, where an empty sum is zero.
template <class T>
void add(Matrix<T>& sum, T factor, const Matrix<T>& a) {
  if (a.size() == 0) return;
  if (sum.size() == 0)
    sum = factor * a;
  else
    sum += factor * a;
}
template <class T>
void add(Jet<T>& sum, T factor, const Jet<T>& a) {
  add(sum.value, factor, a.value);
  add(sum.slope, factor, a.slope);
}

// The bilinear maps a b, a b^T, a^T b and elementwise a b.
enum class Product : std::uint8_t { plain, right_transposed, left_transposed, elementwise };

template <class T>
Matrix<T> multiply(Product how, const Matrix<T>& a, const Matrix<T>& b) {
  if (how == Product::plain) return a * b;
  if (how == Product::right_transposed) return a * b.transpose();
  if (how == Product::left_transposed) return a.transpose() * b;
  return a.cwiseProduct(b);
}
template <class T>
Jet<T> multiply(Product how, const Jet<T>& a, const Jet<T>& b) {
  Jet<T> out{multiply(how, a.value, b.value), {}};
  if (a.slope.size()) out.slope = multiply(how, a.slope, b.value);
  if (b.slope.size()) add<T>(out.slope, 1, multiply(how, a.value, b.slope));
  return out;
}
template <class T>
Jet<T> multiply(Product how, const Jet<T>& a, const Matrix<T>& b) {  // b a constant
  return {multiply(how, a.value, b), a.slope.size() ? multiply(how, a.slope, b) : Matrix<T>()};
}

// The derivative of this order, of each entry.
template <class T>
Matrix<T> map(const Pointwise& phi, int order, const Matrix<T>& a) {
  Matrix<T> out(a.rows(), a.cols());
  phi.apply(order, a.data(), out.data(), static_cast<std::size_t>(a.size()));
  return out;
}
template <class T>
Jet<T> map(const Pointwise& phi, int order, const Jet<T>& a) {
  return {map(phi, order, a.value), a.slope.size() ? Matrix<T>(map(phi, order + 1, a.value).cwiseProduct(a.slope)) : Matrix<T>()};
}

// What is linear in one matrix: f of its value and of its slope.
template <class T, class F>
Matrix<T> each(const Matrix<T>& a, const F& f) {
  return f(a);
}
template <class T, class F>
Jet<T> each(const Jet<T>& a, const F& f) {
  return {f(a.value), a.slope.size() ? Matrix<T>(f(a.slope)) : Matrix<T>()};
}

template <class T>
const Matrix<T>& value_of(const Matrix<T>& a) {
  return a;
}
template <class T>
const Matrix<T>& value_of(const Jet<T>& a) {
  return a.value;
}

template <class T>
void set_value(Matrix<T>& to, Matrix<T> value) {
  to = std::move(value);
}
template <class T>
void set_value(Jet<T>& to, Matrix<T> value) {
  to = {std::move(value), {}};
}

}  // namespace ntkc::finite
