#include "finite/passes.hpp"

namespace ntkc::finite {
namespace {

template <class M>
struct Run {
  using T = Scalar<M>;
  using R = Matrix<T>;

  const Model& model;
  const Parameters<M>& theta;
  const Batch<T>& batch;
  const std::vector<M>& values;
  std::vector<M>* adjoints = nullptr;

  static R row(const Eigen::VectorXd& v) { return v.transpose().cast<T>(); }
  static R ones(std::size_t n) { return R::Ones(1, Eigen::Index(n)); }
  bool wanted(Id to) const { return model.ops[to].moves; }
  void give(Id to, T factor, const M& adjoint) {
    if (wanted(to)) add((*adjoints)[to], factor, adjoint);
  }

  M value(const Input& op, std::size_t channels) {
    M out;
    set_value(out, R(batch.x.middleCols(Eigen::Index(op.first), Eigen::Index(channels))));
    return out;
  }
  void back(const Input&, const M&) {}

  M value(const Affine& op, std::size_t) {
    const Weights& w = model.weights[op.weights];
    M out;
    add(out, T(w.weight_scale), multiply(Product::plain, weighed(op, values), theta.weights[op.weights]));
    if (w.biases) {
      const auto down = [&](const R& b) { return R(b.replicate(batch.x.rows(), 1)); };
      add(out, T(w.bias_scale), each(theta.biases[op.weights], down));
    }
    return out;
  }
  void back(const Affine& op, const M& g) {
    if (!wanted(op.h)) return;
    M in;
    add(in, T(model.weights[op.weights].weight_scale), multiply(Product::right_transposed, g, theta.weights[op.weights]));
    if (op.factors.size()) in = each(in, [&](const R& m) { return R(m * op.factors.cast<T>().asDiagonal()); });
    give(op.h, 1, in);
  }

  M value(const Map& op, std::size_t) { return map(op.phi, 0, values[op.h]); }
  void back(const Map& op, const M& g) { give(op.h, 1, multiply(Product::elementwise, g, map(op.phi, 1, values[op.h]))); }

  M value(const Sum& op, std::size_t) {
    M out;
    for (const auto& [weight, term] : op.terms) add(out, T(weight), values[term]);
    return out;
  }
  void back(const Sum& op, const M& g) {
    for (const auto& [weight, term] : op.terms) give(term, T(weight), g);
  }

  // The product of all factors but one.
  M others(const Multiply& op, std::size_t left_out) {
    M out;
    bool first = true;
    for (std::size_t i = 0; i < op.factors.size(); ++i) {
      if (i == left_out) continue;
      out = first ? values[op.factors[i]] : multiply(Product::elementwise, out, values[op.factors[i]]);
      first = false;
    }
    return out;
  }
  M value(const Multiply& op, std::size_t) { return others(op, op.factors.size()); }
  void back(const Multiply& op, const M& g) {
    for (std::size_t i = 0; i < op.factors.size(); ++i)
      give(op.factors[i], 1, op.factors.size() == 1 ? g : multiply(Product::elementwise, g, others(op, i)));
  }

  M value(const Concat& op, std::size_t channels) {
    M out;
    Eigen::Index at = 0;
    for (const Id part : op.parts) {
      const Eigen::Index first = at;
      add<T>(out, 1, each(values[part], [&](const R& m) {
               R wide = R::Zero(m.rows(), Eigen::Index(channels));
               wide.middleCols(first, m.cols()) = m;
               return wide;
             }));
      at += Eigen::Index(model.ops[part].channels);
    }
    return out;
  }
  void back(const Concat& op, const M& g) {
    Eigen::Index at = 0;
    for (const Id part : op.parts) {
      const auto width = Eigen::Index(model.ops[part].channels);
      give(part, 1, each(g, [&](const R& m) { return R(m.middleCols(at, width)); }));
      at += width;
    }
  }

  M value(const Mean& op, std::size_t) { return multiply(Product::right_transposed, values[op.h], row(op.shares)); }
  void back(const Mean& op, const M& g) { give(op.h, 1, multiply(Product::plain, g, row(op.shares))); }

  M value(const Spread& op, std::size_t channels) { return multiply(Product::plain, values[op.h], ones(channels)); }
  void back(const Spread& op, const M& g) { give(op.h, 1, multiply(Product::right_transposed, g, ones(std::size_t(value_of(g).cols())))); }

  M value(const Masked& op, std::size_t) { return multiply(Product::elementwise, values[op.h], batch.masks[op.mask]); }
  void back(const Masked& op, const M& g) { give(op.h, 1, multiply(Product::elementwise, g, batch.masks[op.mask])); }
};

}  // namespace

template <class M>
std::vector<M> forward(const Model& model, const Parameters<M>& theta, const Batch<Scalar<M>>& batch) {
  std::vector<M> values;
  values.reserve(model.ops.size());
  Run<M> run{model, theta, batch, values};
  for (const Op& op : model.ops) {
    M value = std::visit([&](const auto& what) { return run.value(what, op.channels); }, op.what);
    values.push_back(std::move(value));
  }
  return values;
}

template <class M>
std::vector<M> reverse(const Model& model, const Parameters<M>& theta, const Batch<Scalar<M>>& batch, const std::vector<M>& values,
                       const M& seed) {
  std::vector<M> adjoints(model.ops.size());
  adjoints[model.output] = seed;
  Run<M> run{model, theta, batch, values, &adjoints};
  for (std::size_t id = model.ops.size(); id-- > 0;)
    if (value_of(adjoints[id]).size()) std::visit([&](const auto& what) { run.back(what, adjoints[id]); }, model.ops[id].what);
  return adjoints;
}

template <class T>
Parameters<Matrix<T>> gradient(const Model& model, const std::vector<Matrix<T>>& values, const std::vector<Matrix<T>>& adjoints) {
  Parameters<Matrix<T>> out = zero<T>(model);
  for (Id id = 0; id < model.ops.size(); ++id) {
    const auto* affine = std::get_if<Affine>(&model.ops[id].what);
    if (!affine || adjoints[id].size() == 0) continue;
    const Weights& w = model.weights[affine->weights];
    out.weights[affine->weights].noalias() += T(w.weight_scale) * weighed(*affine, values).transpose() * adjoints[id];
    if (w.biases) out.biases[affine->weights] += T(w.bias_scale) * adjoints[id].colwise().sum();
  }
  return out;
}

#define NTKC_FINITE(T) template Parameters<Matrix<T>> gradient(const Model&, const std::vector<Matrix<T>>&, const std::vector<Matrix<T>>&);
NTKC_FINITE(double)
NTKC_FINITE(long double)
#undef NTKC_FINITE

#define NTKC_FINITE(M)                                                                          \
  template std::vector<M> forward(const Model&, const Parameters<M>&, const Batch<Scalar<M>>&); \
  template std::vector<M> reverse(const Model&, const Parameters<M>&, const Batch<Scalar<M>>&, const std::vector<M>&, const M&);
NTKC_FINITE(Matrix<double>)
NTKC_FINITE(Matrix<long double>)
NTKC_FINITE(Jet<double>)
NTKC_FINITE(Jet<long double>)
#undef NTKC_FINITE

}  // namespace ntkc::finite
