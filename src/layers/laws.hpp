// Where an activation or a layer_norm may stand.
#pragma once
#include "layers/layer.hpp"

namespace ntkc::layers {

// An activation on such a node acts on each of its inputs.
bool has_parts(const graph::Node& node);

// The node is Gaussian or data, or has such nodes as its parts: an activation acts on each part, which is exact.
bool gaussian_parts(const graph::Network& network, graph::NodeId node);

// Reports that the layer of this context has no limit on its input, naming the node there.
void no_limit_on(const ShapeContext& context, std::string_view what);

// The law of elementwise joins: data of data, Gaussian of Gaussian where `linear`; else other, or mixed where a part is.
graph::Law joined_law(const ShapeContext& context, bool linear);

// The shape of elementwise joins: positions must agree, channels where they are known. Reports the first that differs.
std::optional<Shaped> joined(const ShapeContext& context);

}  // namespace ntkc::layers
