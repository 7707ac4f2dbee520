// Which pairs are read off the rows themselves.
#pragma once
#ifndef NTK_RUNTIME_NEAR_HPP
#define NTK_RUNTIME_NEAR_HPP
#include "ntk/runtime/abi.hpp"

namespace ntk::NTK_ABI {

// Pairs whose squared sine is below this: of a matrix product the distance and the Gram determinant keep too few digits there (what the
// product loses, some 1e-16, is divided by the squared sine).
inline constexpr double kNear = 0.02;

}  // namespace ntk::NTK_ABI
#endif
