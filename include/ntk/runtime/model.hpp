// What a generated evaluator offers to the drivers of gram.hpp: its sample code, its pair code, and what they exchange.
#pragma once
#ifndef NTK_RUNTIME_MODEL_HPP
#define NTK_RUNTIME_MODEL_HPP
#include <concepts>
#include <cstddef>

#include "ntk/runtime/abi.hpp"

namespace ntk::NTK_ABI {

// A number that a pair reads off the data: the mean over channels of f g', of (f - g')², or the Gram determinant
// mean(f f) mean(g' g') - mean(f g')², of the features f = block `left` of x and g' = block `right` of x'.
enum class ProductKind : unsigned char { inner, distance, gram };
struct Product {
  ProductKind kind;
  std::size_t left, right;
};

// A model M has
//   Parameters                                  the params: an aggregate of doubles; M is constructible from it
//   template <class T> SampleOf                 what the sample code leaves: nothing but members of type T and arrays of T, so that the
//                                               samples of several lanes can be transposed into one SampleOf<Lanes>
//   static constexpr std::size_t sample_numbers number of T in a SampleOf<T> (0: it is empty)
//   static constexpr std::size_t blocks         blocks of features: rows of numbers of one sample that products read
//   static constexpr std::array<Product, n> products
//   static constexpr bool has_nngp, has_ntk     the kernels that the pair code gives
//   std::size_t columns(std::size_t given)      the length of a row of X; throws std::invalid_argument if `given` cannot be it
//   std::size_t block_size(b, columns)          the length of a row of block b
//   const T* block(b, row, columns, computed)   where block b of a sample is: in its row, or in what the sample code has computed
//   std::size_t computed_size(columns)          numbers that the sample code computes for blocks that are no part of the row
//   template <class T> void sample(const T* row, std::size_t columns, SampleOf<T>& out, T* computed) const
//   template <class X, class T> void pair(const SampleOf<X>& x, const SampleOf<T>& y, const T* products, const T& same, T* out) const
//                                               X is T or double; products in the order of `products`; same: 1 on the diagonal, else 0;
//                                               out[0] becomes the nngp, out[1] the ntk: those that the model has
//
//   static constexpr double pair_cost           only if the kernels are a function of two norms and an angle: what a call of pair costs a
//                                               pair, in multiply-adds; then matrices of many pairs are collapsed (collapse.hpp)
//   static constexpr double near_cost           what it costs beside where |rho| is close to 1, if it does
//   template <class T> void sample_of_features(const T* features, std::size_t count, SampleOf<T>& out, T* computed) const
//                                               beside it, if products read no rows but what the sample code makes of them: the sample
//                                               code of a sample that is given as these features
//   static constexpr std::span<const double> plus_series[], minus_series[]
//                                               only if they are homogeneous in the norms, too: of each kernel (collapse_series.hpp)
//
// The drivers compute what the views ask for (a view without data: not wanted), for the rows of a range only:
//   gram(model, ConstMatrixView<In> x, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows)      pairs (i, j <= i) of i in rows, both
//   entries cross(model, ConstMatrixView<In> x, ConstMatrixView<In> y, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows)
//   diag(model, ConstMatrixView<In> x, VectorView<Out> nngp, VectorView<Out> ntk, RowRange rows)
template <class M>
concept Model = requires(const M& m, std::size_t n, const double* row, typename M::template SampleOf<double>& s, double* out) {
  { M::sample_numbers } -> std::convertible_to<std::size_t>;
  { M::blocks } -> std::convertible_to<std::size_t>;
  { M::has_nngp || M::has_ntk } -> std::convertible_to<bool>;
  { M::products.size() } -> std::convertible_to<std::size_t>;
  { m.columns(n) } -> std::same_as<std::size_t>;
  { m.block_size(n, n) } -> std::same_as<std::size_t>;
  { m.block(n, row, n, row) } -> std::same_as<const double*>;
  { m.computed_size(n) } -> std::same_as<std::size_t>;
  m.sample(row, n, s, out);
  m.pair(s, s, row, *row, out);
};

}  // namespace ntk::NTK_ABI
#endif
