#include "finite/kernel.hpp"

namespace ntkc::finite {

template <class T>
Tangents<T> tangents(const Model& model, const Parameters<Matrix<T>>& theta, const Batch<T>& batch, std::size_t channels) {
  Tangents<T> out{forward<Matrix<T>>(model, theta, batch), {}};
  for (std::size_t c = 0; c < channels; ++c) {
    Matrix<T> seed = Matrix<T>::Zero(batch.x.rows(), Eigen::Index(model.outputs()));
    seed.col(Eigen::Index(c)).setOnes();
    out.adjoints.push_back(reverse<Matrix<T>>(model, theta, batch, out.values, seed));
  }
  return out;
}

template <class T>
Matrix<T> empirical_nngp(const Model& model, const Tangents<T>& x, const Tangents<T>& y) {
  return x.f(model) * y.f(model).transpose() / T(model.outputs());
}

template <class T>
Matrix<T> empirical_ntk(const Model& model, const Tangents<T>& x, std::size_t c, const Tangents<T>& y, std::size_t d) {
  Matrix<T> sum = Matrix<T>::Zero(x.f(model).rows(), y.f(model).rows());
  const auto each_use = [&](const Tangents<T>& t, std::size_t channel, const auto& f) {
    for (Id id = 0; id < model.ops.size(); ++id)
      if (const auto* affine = std::get_if<Affine>(&model.ops[id].what); affine && t.adjoints[channel][id].size())
        f(*affine, t.adjoints[channel][id]);
  };
  each_use(x, c, [&](const Affine& u, const Matrix<T>& gu) {
    each_use(y, d, [&](const Affine& v, const Matrix<T>& gv) {
      if (u.weights != v.weights) return;
      const Weights& w = model.weights[u.weights];
      Matrix<T> factor = T(w.weight_scale) * T(w.weight_scale) * T(w.weight_rate) * weighed(u, x.values) * weighed(v, y.values).transpose();
      if (w.biases) factor.array() += T(w.bias_scale) * T(w.bias_scale) * T(w.bias_rate);
      sum += factor.cwiseProduct(gu * gv.transpose());
    });
  });
  return sum;
}

template <class T>
Matrix<T> jacobian(const Model& model, const Tangents<T>& x, std::size_t c) {
  const Eigen::Index samples = x.f(model).rows();
  Matrix<T> out(samples, Eigen::Index(model.parameters()));
  for (Eigen::Index i = 0; i < samples; ++i) {
    std::vector<Matrix<T>> values, adjoints;
    for (Id id = 0; id < model.ops.size(); ++id) {
      const Matrix<T>& g = x.adjoints[c][id];
      values.push_back(x.values[id].row(i));
      adjoints.push_back(g.size() ? Matrix<T>(g.row(i)) : Matrix<T>());
    }
    const Parameters<Matrix<T>> gradient = finite::gradient(model, values, adjoints);
    Eigen::Index at = 0;
    const auto append = [&](const Matrix<T>& m) {
      for (Eigen::Index k = 0; k < m.size(); ++k) out(i, at++) = m.data()[k];
    };
    for (std::size_t w = 0; w < gradient.weights.size(); ++w) append(gradient.weights[w]), append(gradient.biases[w]);
  }
  return out;
}

#define NTKC_FINITE(T)                                                                                              \
  template Tangents<T> tangents(const Model&, const Parameters<Matrix<T>>&, const Batch<T>&, std::size_t);          \
  template Matrix<T> empirical_nngp(const Model&, const Tangents<T>&, const Tangents<T>&);                          \
  template Matrix<T> empirical_ntk(const Model&, const Tangents<T>&, std::size_t, const Tangents<T>&, std::size_t); \
  template Matrix<T> jacobian(const Model&, const Tangents<T>&, std::size_t);
NTKC_FINITE(double)
NTKC_FINITE(long double)
#undef NTKC_FINITE

}  // namespace ntkc::finite
