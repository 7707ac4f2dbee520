#include "finite/parameters.hpp"

#include <boost/random/bernoulli_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <random>

namespace ntkc::finite {
namespace {

using Generator = boost::random::mt19937_64;

class Normal {
 public:
  explicit Normal(std::uint64_t seed) : generator_(seed) {}
  template <class T>
  Matrix<T> matrix(std::size_t rows, std::size_t columns, double deviation) {
    Matrix<T> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = T(deviation * normal_(generator_));
    return out;
  }

 private:
  Generator generator_;
  boost::random::normal_distribution<double> normal_;
};

// What concerns all parameters of one instance: f(matrix, is it the weights, instance).
template <class P, class F>
void each_matrix(P& parameters, const F& f) {
  for (std::size_t i = 0; i < parameters.weights.size(); ++i) {
    f(parameters.weights[i], true, i);
    if (parameters.biases[i].size()) f(parameters.biases[i], false, i);
  }
}

}  // namespace

std::uint64_t stream(std::initializer_list<std::uint64_t> words) {
  std::vector<std::uint32_t> halves;
  for (const std::uint64_t word : words) halves.push_back(std::uint32_t(word)), halves.push_back(std::uint32_t(word >> 32));
  std::seed_seq mixed(halves.begin(), halves.end());
  std::uint32_t out[2];
  mixed.generate(std::begin(out), std::end(out));
  return std::uint64_t(out[0]) << 32 | out[1];
}

Matrix<double> normal(std::size_t rows, std::size_t columns, std::uint64_t seed) { return Normal(seed).matrix<double>(rows, columns, 1); }

template <class T>
Parameters<Matrix<T>> draw(const Model& model, std::uint64_t seed) {
  Normal normal(seed);
  Parameters<Matrix<T>> out;
  for (const Weights& w : model.weights) {
    out.weights.push_back(normal.matrix<T>(w.in, w.out, w.weight_deviation));
    out.biases.push_back(w.biases ? normal.matrix<T>(1, w.out, w.bias_deviation) : Matrix<T>());
  }
  return out;
}

template <class T>
Parameters<Matrix<T>> zero(const Model& model) {
  Parameters<Matrix<T>> out;
  for (const Weights& w : model.weights) {
    const auto in = static_cast<Eigen::Index>(w.in), columns = static_cast<Eigen::Index>(w.out);
    out.weights.push_back(Matrix<T>::Zero(in, columns));
    out.biases.push_back(w.biases ? Matrix<T>(Matrix<T>::Zero(1, columns)) : Matrix<T>());
  }
  return out;
}

template <class T>
Parameters<Jet<T>> along(const Parameters<Matrix<T>>& theta, const Parameters<Matrix<T>>& direction) {
  Parameters<Jet<T>> out;
  for (std::size_t i = 0; i < theta.weights.size(); ++i) {
    out.weights.push_back({theta.weights[i], direction.weights[i]});
    out.biases.push_back({theta.biases[i], direction.biases[i]});
  }
  return out;
}

template <class T>
void add(Parameters<Matrix<T>>& sum, T factor, const Parameters<Matrix<T>>& other) {
  each_matrix(sum, [&](Matrix<T>& m, bool weights, std::size_t i) { m += factor * (weights ? other.weights[i] : other.biases[i]); });
}

template <class T>
T dot(const Parameters<Matrix<T>>& a, const Parameters<Matrix<T>>& b) {
  T sum = 0;
  each_matrix(a,
              [&](const Matrix<T>& m, bool weights, std::size_t i) { sum += m.cwiseProduct(weights ? b.weights[i] : b.biases[i]).sum(); });
  return sum;
}

template <class T>
void times_rates(const Model& model, Parameters<Matrix<T>>& theta, bool root) {
  each_matrix(theta, [&](Matrix<T>& m, bool weights, std::size_t i) {
    const double rate = weights ? model.weights[i].weight_rate : model.weights[i].bias_rate;
    m *= T(root ? std::sqrt(rate) : rate);
  });
}

template <class T>
Batch<T> batch(const Model& model, Matrix<T> x, std::uint64_t seed) {
  Batch<T> out{std::move(x), {}};
  Generator generator(seed);
  for (const Mask& mask : model.masks) {
    const boost::random::bernoulli_distribution<double> keep(mask.kept);
    out.masks.push_back(Matrix<T>::NullaryExpr(out.x.rows(), Eigen::Index(mask.channels),
                                               [&](Eigen::Index, Eigen::Index) { return keep(generator) ? T(1 / mask.kept) : T(0); }));
  }
  return out;
}

#define NTKC_FINITE(T)                                                                           \
  template Parameters<Matrix<T>> zero(const Model&);                                             \
  template Parameters<Matrix<T>> draw(const Model&, std::uint64_t);                              \
  template Parameters<Jet<T>> along(const Parameters<Matrix<T>>&, const Parameters<Matrix<T>>&); \
  template void add(Parameters<Matrix<T>>&, T, const Parameters<Matrix<T>>&);                    \
  template T dot(const Parameters<Matrix<T>>&, const Parameters<Matrix<T>>&);                    \
  template void times_rates(const Model&, Parameters<Matrix<T>>&, bool);                         \
  template Batch<T> batch(const Model&, Matrix<T>, std::uint64_t);
NTKC_FINITE(double)
NTKC_FINITE(long double)
#undef NTKC_FINITE

}  // namespace ntkc::finite
