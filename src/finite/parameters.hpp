// The parameters of a network as one vector, drawn at random; and the masks that belong to samples.
#pragma once
#include "finite/model.hpp"

namespace ntkc::finite {

// A vector of all parameters: M is Matrix<T>, or Jet<T> for parameters that move along a direction.
template <class M>
struct Parameters {
  std::vector<M> weights, biases;  // of each instance: in x out, and 1 x out (empty without biases)
};

using Vector = Parameters<Matrix<double>>;

// Independent standard normal numbers, column by column: Boost's ziggurat (Marsaglia & Tsang 2000) on mt19937_64, whose bytes are the same
// everywhere.
Matrix<double> normal(std::size_t rows, std::size_t columns, std::uint64_t seed);

// One stream of such numbers, instance by instance, weights before biases, times their deviations.
template <class T>
Parameters<Matrix<T>> draw(const Model& model, std::uint64_t seed);

// Seeds of independent streams: the words are mixed by std::seed_seq, which the standard defines.
std::uint64_t stream(std::initializer_list<std::uint64_t> words);

template <class T>
Parameters<Matrix<T>> zero(const Model& model);

// theta + e direction.
template <class T>
Parameters<Jet<T>> along(const Parameters<Matrix<T>>& theta, const Parameters<Matrix<T>>& direction);

template <class T>
void add(Parameters<Matrix<T>>& sum, T factor, const Parameters<Matrix<T>>& other);
template <class T>
T dot(const Parameters<Matrix<T>>& a, const Parameters<Matrix<T>>& b);
// Every number times its rate; `root`: the square root of it, the metric in which the NTK is J J^T.
template <class T>
void times_rates(const Model& model, Parameters<Matrix<T>>& theta, bool root = false);

// Samples as a network sees them, a row each, with the masks that they are drawn.
template <class T>
struct Batch {
  Matrix<T> x;
  std::vector<Matrix<T>> masks;  // samples x channels, of 0 and 1 / kept
};
template <class T>
Batch<T> batch(const Model& model, Matrix<T> x, std::uint64_t seed);

}  // namespace ntkc::finite
