// From the layers' forward maps to operations. Values are classes of channels until all is seen; then classes get sizes and operations the
// factors that depend on them.
#include <algorithm>
#include <cmath>
#include <map>

#include "finite/channels.hpp"
#include "finite/shares.hpp"
#include "graph/unroll.hpp"
#include "layers/layer.hpp"

namespace ntkc::finite {
namespace {

using graph::NodeId;
using layers::AffineMap;
using layers::NoFinite;

class Builder : public layers::Forward {
 public:
  Builder(const graph::Network& network, const std::vector<std::size_t>& input_sizes, const Widths& widths, const expr::ParamValues& params)
      : network_(network), input_sizes_(input_sizes), widths_(widths), params_(params), values_(network.nodes.size()) {}

  Model run() {
    for (node_ = 0; node_ < network_.nodes.size(); ++node_) {
      const graph::Node& node = network_.nodes[node_];
      const layers::Layer* layer = layers::find(node.kind);
      if (!layer || !layer->forward) throw NoFinite{node_, "`" + node.kind + "` has no forward map"};
      guarded([&] { values_[node_] = layer->forward(*this, node_); });
    }
    model_.output = at(network_.output);
    for (const std::size_t size : input_sizes_) model_.columns += size;
    refuse_tied();
    guarded([&] { settle(); });
    if (!share_channels(model_, concat_weights_)) throw NoFinite{network_.output, "concats of different shares meet"};
    return std::move(model_);
  }

  const graph::Network& network() const override { return network_; }
  Value at(NodeId u) const override { return values_[u]; }

  Value input(NodeId u) override {
    Input data;
    for (std::size_t i = 0; i < network_.inputs.size(); data.first += input_sizes_[i++])
      if (network_.inputs[i].node == u) return add(data, channels_.add(input_sizes_[i]));
    throw std::logic_error("an input node that is no input");
  }

  Value affine(Value h, const AffineMap& map) override {
    const auto width = map.width ? std::optional(grown(*map.width)) : std::nullopt;
    auto [known, fresh] = instances_.try_emplace(map.instance, Instance{});
    Instance& instance = known->second;
    if (fresh) {
      instance = {static_cast<std::uint32_t>(model_.weights.size()), classes_[h], channels_.add(width), map};
      model_.weights.push_back({.name = network_.instances[map.instance].name});
    }
    channels_.equate(instance.in, classes_[h]);
    return add(Affine{h, instance.weights}, instance.out, true);
  }
  Value map(Value h, const expr::Expr& phi) override { return add(Map{h, Pointwise(phi, params_)}, classes_[h], moves(h)); }
  Value sum(const std::vector<Term>& terms) override {
    Sum sum;
    bool moving = false;
    for (const Term& term : terms) {
      sum.terms.emplace_back(number(term.weight), term.value);
      channels_.equate(classes_[terms[0].value], classes_[term.value]);
      moving = moving || moves(term.value);
    }
    return add(std::move(sum), classes_[terms[0].value], moving);
  }
  Value product(const std::vector<Value>& factors) override {
    for (const Value factor : factors) channels_.equate(classes_[factors[0]], classes_[factor]);
    return add(Multiply{factors}, classes_[factors[0]], std::ranges::any_of(factors, [&](Value f) { return moves(f); }));
  }
  Value concat(const std::vector<Term>& parts) override {
    Concat joined;
    for (const Term& part : parts) joined.parts.push_back(part.value), concat_weights_[next()].push_back(number(part.weight));
    return add(std::move(joined), channels_.add(), std::ranges::any_of(parts, [&](const Term& part) { return moves(part.value); }));
  }
  Value mean(Value h) override { return add(Mean{h, {}}, channels_.add(1), moves(h)); }
  Value spread(Value number, Value like) override { return add(Spread{number}, classes_[like], moves(number)); }
  Value mask(Value h, std::uint32_t instance, const expr::Expr& kept) override {
    const auto [known, fresh] = masks_.try_emplace(instance, MaskUse{static_cast<std::uint32_t>(model_.masks.size()), classes_[h]});
    if (fresh) model_.masks.push_back({0, number(kept)});
    channels_.equate(known->second.channels, classes_[h]);
    return add(Masked{h, known->second.mask}, classes_[h], moves(h));
  }

 private:
  struct Instance {
    std::uint32_t weights = 0;
    Channels::Class in = 0, out = 0;
    AffineMap map{0, {}, 0, 0, 0, 0, false, {}};
  };
  struct MaskUse {
    std::uint32_t mask;
    Channels::Class channels;
  };

  double number(const expr::Expr& e) const { return expr::evaluate(e, 0, params_); }
  std::size_t grown(std::uint64_t width) const {
    return std::max<std::size_t>(1, std::size_t(std::llround(double(width) * widths_.growth)));
  }
  Value next() const { return static_cast<Value>(model_.ops.size()); }
  Value add(auto op, Channels::Class channels, bool moves = false) {
    model_.ops.push_back({std::move(op), 0, moves});
    classes_.push_back(channels);
    return next() - 1;
  }

  bool moves(Value v) const { return model_.ops[v].moves; }

  void guarded(const auto& step) {
    try {
      step();
    } catch (const Channels::Conflict& c) {
      throw NoFinite{std::min<NodeId>(node_, network_.output),
                     fmt::format("what must have equally many channels has {} and {} of them", c.one, c.other)};
    }
  }

  // A layer that has as many channels as the input, and no more, has no limit to tend to.
  void refuse_tied() const {
    const auto read = [&](Channels::Class c) {
      return std::ranges::any_of(instances_, [&](const auto& reader) { return channels_.same(reader.second.in, c); });
    };
    for (const auto& entry : instances_)
      for (Value v = 0; v < next(); ++v)
        if (const Channels::Class out = entry.second.out; !moves(v) && channels_.same(classes_[v], out) && read(out))
          throw NoFinite{network_.output,
                         fmt::format("the channels of {} must be as many as those of the input", network_.instances[entry.first].name)};
  }

  // Concats are the sums of their parts; the output may be as narrow as wanted where no weights and no means read it.
  void settle() {
    const Channels::Class output = classes_[model_.output];
    const bool read = std::ranges::any_of(instances_, [&](const auto& i) { return channels_.same(i.second.in, output); }) ||
                      std::ranges::any_of(model_.ops, [&](const Op& op) {
                        const auto* mean = std::get_if<Mean>(&op.what);
                        return mean && channels_.same(classes_[mean->h], output);
                      });
    const bool joined = std::ranges::any_of(model_.ops, [&](const Op& op) {
      const auto* joint = std::get_if<Concat>(&op.what);
      const auto is_output = [&](Id id) { return channels_.same(classes_[id], output); };
      return joint && (is_output(static_cast<Id>(&op - model_.ops.data())) || std::ranges::any_of(joint->parts, is_output));
    });
    if (!read && !joined && !channels_.size(output)) channels_.fix(output, widths_.outputs);
    for (Id id = 0; id < model_.ops.size(); ++id)
      if (const auto* joint = std::get_if<Concat>(&model_.ops[id].what)) {
        std::size_t total = 0;
        for (const Id part : joint->parts) total += settled(classes_[part]);
        channels_.fix(classes_[id], total);
      }
    for (Id id = 0; id < model_.ops.size(); ++id) model_.ops[id].channels = settled(classes_[id]);
    for (const auto& [id, use] : masks_) model_.masks[use.mask].channels = settled(use.channels);
    for (const auto& [id, instance] : instances_) fill(model_.weights[instance.weights], instance);
  }
  std::size_t settled(Channels::Class c) {
    if (!channels_.size(c)) channels_.fix(c, widths_.hidden);
    return *channels_.size(c);
  }

  // The standard parameterization: W' of variance sigma_w^2 / n. Its rate keeps fan_in times that of the spec's width when widths grow.
  void fill(Weights& w, const Instance& instance) {
    const AffineMap& map = instance.map;
    w.in = settled(instance.in), w.out = settled(instance.out), w.biases = map.biases;
    const double fan_in = double(w.in), sigma_w = number(map.sigma_w) / std::sqrt(fan_in), sigma_b = number(map.sigma_b);
    w.weight_rate = number(map.rate), w.bias_rate = number(map.bias_rate);
    if (map.fan_in) {
      w.weight_deviation = sigma_w, w.bias_deviation = sigma_b;
      w.weight_rate *= double(*map.fan_in) / fan_in;
    } else {
      w.weight_scale = sigma_w, w.bias_scale = sigma_b;
    }
  }

  const graph::Network& network_;
  const std::vector<std::size_t>& input_sizes_;
  const Widths& widths_;
  const expr::ParamValues& params_;
  std::vector<Value> values_;  // of nodes
  NodeId node_ = 0;
  Model model_;
  Channels channels_;
  std::vector<Channels::Class> classes_;  // of values
  std::map<std::uint32_t, Instance> instances_;
  std::map<std::uint32_t, MaskUse> masks_;
  ConcatWeights concat_weights_;
};

}  // namespace

std::optional<Model> make_model(const graph::Network& network, const std::vector<std::size_t>& input_sizes, const Widths& widths,
                                const expr::ParamValues& params, Diagnostics& diagnostics) {
  expr::ParamValues known = params;  // and the sizes that expressions may name
  for (std::size_t i = 0; i < network.inputs.size(); ++i)
    if (const auto& channels = network.nodes[network.inputs[i].node].shape.channels; !channels.name.empty())
      known[channels.name] = double(input_sizes[i]);
  graph::Network unrolled = network;
  while (!unrolled.loops.empty()) unrolled = graph::unroll(unrolled, 0);
  try {
    return Builder(unrolled, input_sizes, widths, known).run();
  } catch (const NoFinite& reason) {
    diagnostics.report(Code::no_finite_counterpart, unrolled.nodes[reason.node].span, reason.what);
    return std::nullopt;
  }
}

double Model::parameters() const {
  double total = 0;
  for (const Weights& w : weights) total += w.numbers();
  return total;
}

}  // namespace ntkc::finite
