// What the C functions of generated files (--emit=c) share: exceptions become status codes, pointers become views.
#pragma once
#ifndef NTK_RUNTIME_C_ABI_HPP
#define NTK_RUNTIME_C_ABI_HPP
#include <new>
#include <stdexcept>

#include "ntk/runtime/evaluator.hpp"

namespace ntk::NTK_ABI::c_abi {

// The codes of NTK_OK and its like in the generated file.
template <class F>
int status(F run) noexcept {
  try {
    run();
    return 0;
  } catch (const std::domain_error&) {
    return 1;
  } catch (const std::invalid_argument&) {
    return 2;
  } catch (const std::bad_alloc&) {
    return 3;
  } catch (...) {
    return 4;
  }
}

inline void need(bool condition) {
  if (!condition) throw std::invalid_argument("ntk");
}

template <class Model, class T>
void check(const T* nngp, const T* ntk) {
  need(nngp || ntk);
  need((!nngp || Model::has_nngp) && (!ntk || Model::has_ntk));
}

template <class T>
MatrixView<T> output(T* data, std::size_t rows, std::size_t columns, std::size_t stride) {
  return data ? MatrixView<T>(data, rows, columns, stride) : MatrixView<T>();
}

template <class Model, class T>
void gram(const Model& model, const T* x, std::size_t n, std::size_t columns, std::size_t ldx, T* nngp, T* ntk, std::size_t ldk,
          std::size_t begin, std::size_t end) {
  check<Model>(nngp, ntk);
  need(x && ldx >= columns && ldk >= n && begin <= end && end <= n);
  ::ntk::gram(model, ConstMatrixView<T>(x, n, columns, ldx), output(nngp, n, n, ldk), output(ntk, n, n, ldk), RowRange{begin, end});
}

template <class Model, class T>
void cross(const Model& model, const T* x, std::size_t n, std::size_t ldx, const T* y, std::size_t m, std::size_t ldy, std::size_t columns,
           T* nngp, T* ntk, std::size_t ldk, std::size_t begin, std::size_t end) {
  check<Model>(nngp, ntk);
  need(x && y && ldx >= columns && ldy >= columns && ldk >= m && begin <= end && end <= n);
  ::ntk::cross(model, ConstMatrixView<T>(x, n, columns, ldx), ConstMatrixView<T>(y, m, columns, ldy), output(nngp, n, m, ldk),
               output(ntk, n, m, ldk), RowRange{begin, end});
}

template <class Model, class T>
void diag(const Model& model, const T* x, std::size_t n, std::size_t columns, std::size_t ldx, T* nngp, T* ntk) {
  check<Model>(nngp, ntk);
  need(x && ldx >= columns);
  ::ntk::diag(model, ConstMatrixView<T>(x, n, columns, ldx), nngp ? VectorView<T>(nngp, n) : VectorView<T>(),
              ntk ? VectorView<T>(ntk, n) : VectorView<T>(), RowRange{0, n});
}

template <class Model, class T>
void pair(const Model& model, const T* x, const T* y, std::size_t columns, T* nngp, T* ntk) {
  check<Model>(nngp, ntk);
  need(x && y);
  const auto k = pair_of(model, x, y, columns);
  if (nngp) *nngp = static_cast<T>(k.nngp);
  if (ntk) *ntk = static_cast<T>(k.ntk);
}

}  // namespace ntk::NTK_ABI::c_abi
#endif
