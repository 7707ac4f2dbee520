// Views of the caller's memory: row-major matrices and vectors. They own nothing.
#pragma once
#ifndef NTK_RUNTIME_VIEWS_HPP
#define NTK_RUNTIME_VIEWS_HPP
#include <concepts>
#include <cstddef>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "ntk/runtime/abi.hpp"

namespace ntk::NTK_ABI {

// Element (i, j) is at data[i * stride + j].
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0, columns = 0, stride = 0;

  MatrixView() = default;
  MatrixView(T* values, std::size_t row_count, std::size_t column_count) : MatrixView(values, row_count, column_count, column_count) {}
  MatrixView(T* values, std::size_t row_count, std::size_t column_count, std::size_t row_stride)
      : data(values), rows(row_count), columns(column_count), stride(row_stride) {}
  // Of a span, a vector, an array that holds rows * columns numbers. Throws std::invalid_argument if it does not.
  template <class R>
  requires requires(R& r) {
    { r.data() } -> std::convertible_to<T*>;
    r.size();
  }
  MatrixView(R&& values, std::size_t row_count, std::size_t column_count) : MatrixView(values.data(), row_count, column_count) {
    if (static_cast<std::size_t>(values.size()) < row_count * column_count)
      throw std::invalid_argument("ntk: too few numbers for a matrix of that shape");
  }
  operator MatrixView<const T>() const requires(!std::is_const_v<T>) { return {data, rows, columns, stride}; }
  T* row(std::size_t i) const { return data + i * stride; }
};
template <class R>
MatrixView(R&&, std::size_t, std::size_t) -> MatrixView<std::remove_pointer_t<decltype(std::declval<R&>().data())>>;
template <class T>
using ConstMatrixView = MatrixView<const T>;

template <class T>
struct VectorView {
  T* data = nullptr;
  std::size_t size = 0;

  VectorView() = default;
  VectorView(T* values, std::size_t count) : data(values), size(count) {}
};

// Rows [begin, end) of a result; end is cut at the number of rows.
struct RowRange {
  std::size_t begin = 0, end = std::numeric_limits<std::size_t>::max();
};

// Which kernel is wanted.
enum class Selector : unsigned char { nngp, ntk };
inline constexpr Selector nngp = Selector::nngp, ntk = Selector::ntk;

namespace views {

template <class X>
concept Shaped = requires(X& x) {
  x.data();
  x.rows();
  x.cols();
};  // Eigen's matrices, arrays and maps, and others in their form
template <class X>
inline constexpr bool is_view = false;
template <class T>
inline constexpr bool is_view<MatrixView<T>> = true;

// Row-major is what we read: of Eigen's types those that are, and column-major vectors.
template <Shaped X>
auto of(X& x) {
  std::size_t stride = static_cast<std::size_t>(x.cols());
  if constexpr (requires {
                  x.outerStride();
                  x.innerStride();
                  X::IsRowMajor;
                }) {
    const bool row = X::IsRowMajor;
    if (!row && x.cols() != 1) throw std::invalid_argument("ntk: the matrix is column-major; use Eigen::RowMajor");
    stride = static_cast<std::size_t>(row ? x.outerStride() : x.innerStride());
    if (row && x.innerStride() != 1) throw std::invalid_argument("ntk: the elements of a row are not adjacent");
  }
  using T = std::remove_pointer_t<decltype(x.data())>;
  return MatrixView<T>(x.data(), static_cast<std::size_t>(x.rows()), static_cast<std::size_t>(x.cols()), stride);
}

}  // namespace views

template <class X>
concept MatrixLike = views::is_view<std::remove_cvref_t<X>> || views::Shaped<std::remove_reference_t<X>>;

// What converts to a view, as that view.
template <MatrixLike X>
auto matrix(X&& x) {
  if constexpr (views::is_view<std::remove_cvref_t<X>>)
    return x;
  else
    return views::of(x);
}
template <MatrixLike X>
auto const_matrix(const X& x) {
  auto view = matrix(x);
  return MatrixView<std::add_const_t<std::remove_pointer_t<decltype(view.data)>>>(view.data, view.rows, view.columns, view.stride);
}

// The same of vectors: a VectorView, anything with data() and size() (a matrix of one row or column), an array.
template <class T>
VectorView<T> vector(VectorView<T> v) {
  return v;
}
template <class X>
concept Contiguous = requires(X& x) {
  std::data(x);
  std::size(x);
};
template <Contiguous X>
auto vector(X&& x) {
  if constexpr (MatrixLike<X>) {
    const auto view = matrix(x);
    if (view.rows > 1 && (view.columns > 1 || view.stride != 1))
      throw std::invalid_argument("ntk: the elements of the vector are not adjacent");
  }
  return VectorView<std::remove_pointer_t<decltype(std::data(x))>>(std::data(x), static_cast<std::size_t>(std::size(x)));
}

}  // namespace ntk::NTK_ABI
#endif
