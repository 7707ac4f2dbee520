// The loops of collapsed rows (ntk/runtime/collapse_row.hpp), compiled for several instruction sets; the best one of this machine runs.
#pragma once
#include "ntk/runtime/collapse_row.hpp"

namespace ntkc::engine {

template <class T>
struct CollapseLoops {
  ::ntk::collapse::Found (*correlations)(std::size_t n, const T* sums, const std::uint32_t* order, T factor, const T* inverse_norm, T least,
                                         T turn, T most, T* rho);
  std::size_t (*outside)(std::size_t n, const T* rho, T low, T high, std::uint32_t* out);
  void (*blend)(std::size_t n, const T* rho, T turn, const T* minus, T* to);
  // Doubled places of t in its interval.
  void (*places)(std::size_t n, ::ntk::collapse::Interval t, ::ntk::collapse::Sheet sheet, const T* rho, T* place2);
  void (*combine)(std::size_t count, const T* factors, const T* from, std::size_t size, std::size_t stride, T* to);
  void (*narrow)(std::size_t n, const double* from, float* to);
  void (*add)(std::size_t n, const float* from, double* to);
  void (*evaluate)(const ::ntk::collapse::Terms<T>& terms, const T* coefficients, const ::ntk::collapse::Columns<T>& columns,
                   const T* place2, T* out);
  void (*scatter)(std::size_t n, T factor, const T* factors, const T* from, const std::uint32_t* order, T* to);
};

template <class T>
struct CollapseOps : CollapseLoops<T> {
  CollapseOps();
};

}  // namespace ntkc::engine
