// Results that are all there: arrays of any shapes in one .npz (stored, fixed time stamps).
#pragma once
#include <span>
#include <string>
#include <vector>

#include "io/npy.hpp"

namespace ntkc::io {

struct Array {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<double> values;  // C order
};

// `path` appears whole or not at all; the reason of a failure, or "".
std::string write_npz(const std::string& path, std::span<const Array> arrays, Dtype dtype);

}  // namespace ntkc::io
