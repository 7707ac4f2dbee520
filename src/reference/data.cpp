#include "reference/data.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace ntkc::reference {
namespace {

// The number of values of an input, 0 where the program leaves it open.
std::size_t size_of(const graph::Shape& shape) {
  std::size_t size = shape.channels.size.value_or(0);
  for (const graph::Dim& d : shape.positions) size *= d.size.value_or(0);
  return size;
}

}  // namespace

std::vector<Features> split_inputs(const ir::Program& program, std::span<const double> sample) {
  std::size_t known = 0, open = 0;
  for (const graph::Shape& shape : program.input_shapes) {
    known += size_of(shape);
    open += size_of(shape) == 0;
  }
  if (known > sample.size() || (open == 0 ? known != sample.size() : (sample.size() - known) % open != 0))
    throw std::invalid_argument(fmt::format("a sample of {} values does not fit the inputs", sample.size()));
  std::vector<Features> inputs;
  std::size_t at = 0;
  for (const graph::Shape& shape : program.input_shapes) {
    const std::size_t size = size_of(shape) ? size_of(shape) : (sample.size() - known) / open;
    inputs.emplace_back(sample.begin() + std::ptrdiff_t(at), sample.begin() + std::ptrdiff_t(at + size));
    at += size;
  }
  return inputs;
}

numeric::Float100 mean_product(const Features& a, const Features& b) {
  numeric::Float100 sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b.at(i);
  return sum / a.size();
}

numeric::Float100 mean_square_difference(const Features& a, const Features& b) {
  numeric::Float100 sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b.at(i)) * (a[i] - b.at(i));
  return sum / a.size();
}

numeric::Float100 mean_of(const Features& a) {
  numeric::Float100 sum = 0;
  for (const auto& value : a) sum += value;
  return sum / a.size();
}

}  // namespace ntkc::reference
