// What the shape rules of layers on positions share: sizes for every axis, windows, padding.
#pragma once
#include <optional>
#include <vector>

#include "layers/layer.hpp"

namespace ntkc::layers {

// How a window moves along one axis.
struct Window {
  std::uint64_t size = 1, stride = 1, dilation = 1;
  std::uint64_t reach() const { return (size - 1) * dilation + 1; }  // cells from its first to its last
};

// The arguments `stride = 1, padding = valid, ...` of the convolutions, in order: filter stride padding dilation, then those of `dense`.
std::vector<graph::Argument> convolution_arguments();
std::vector<graph::Argument> affine_arguments();  // width sigma_w sigma_b lr lr_b parameterization trainable
std::vector<graph::Argument> pool_arguments();    // window stride padding normalize_edges

// One number a axis from an argument that is one number or a list. Reports a list of another length.
std::optional<std::vector<std::uint64_t>> sizes(const ShapeContext& context, std::string_view argument);

// The windows of a layer over the positions of its input. Reports an input without positions, a list of another length, overflow.
std::optional<std::vector<Window>> windows(const ShapeContext& context, std::string_view size_argument);

// Sizes after a convolution or pool, TensorFlow's: valid floor((n - reach) / stride) + 1, else ceil(n / stride). Reports a window that does
// not fit.
std::optional<std::vector<graph::Dim>> slide(const ShapeContext& context, const std::vector<Window>& windows);

// Sizes after the transposed map: same and circular n stride, valid n stride + max(reach - stride, 0).
std::optional<std::vector<graph::Dim>> spread(const ShapeContext& context, const std::vector<Window>& windows);

// Reports an input without positions.
bool has_positions(const ShapeContext& context);

// The number of a position axis from the argument `axis` (negative numbers count from the end). Reports any other.
std::optional<std::size_t> position_axis(const ShapeContext& context);

// The shape and width that an affine layer gives to these positions; Gaussian. Reports a standard parameterization without a width coming
// in.
std::optional<Shaped> affine(const ShapeContext& context, std::vector<graph::Dim> positions);

// The law of a linear map without weights: that of its input, where channels stay independent and alike.
Shaped linear(const ShapeContext& context, std::vector<graph::Dim> positions);

// Shape rules of twins: conv and conv_local; avg_pool and sum_pool; global_avg_pool and global_sum_pool.
std::optional<Shaped> convolution(const ShapeContext& context);
std::optional<Shaped> pool(const ShapeContext& context);
std::optional<Shaped> all_positions(const ShapeContext& context);

// A product of sizes, or nothing if it leaves 64 bits.
std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b);

}  // namespace ntkc::layers
