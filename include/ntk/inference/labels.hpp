// Class labels as regression targets and back, and scores of predictions.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ntk/inference/errors.hpp"
#include "ntk/inference/matrix.hpp"

namespace ntk::inference {

using Label = std::int64_t;
using Labels = std::span<const Label>;

// The distinct labels in ascending order: output c stands for the c-th.
std::vector<Label> classes_of(Labels labels);

// The place of each label among `classes` (ascending). Throws UnknownClass for the first that is not among them.
std::vector<Index> class_indices(Labels labels, std::span<const Label> classes);

// Targets [labels, C]: 1 − 1/C for the sample's class and −1/C elsewhere (Lee & Xiao et al. 2019, section 3). Throws UnknownClass.
Matrix one_hot(Labels labels, std::span<const Label> classes);

// The class of the largest output of each row, the first of equals. Throws WrongShape unless there is a column a class.
std::vector<Label> largest_output(MatrixIn outputs, std::span<const Label> classes);

// The share of equal labels, in [0, 1]; a label of no class of the training data is wrong like any other. Throws WrongShape.
double accuracy(Labels predicted, Labels truth);

// √(mean of (f − y)²) over all entries, in the targets' unit. Throws WrongShape.
double root_mean_square_error(MatrixIn outputs, MatrixIn targets);

// −log N(y; mean, variance + noise) of one output, averaged over all entries, in nats. mean, targets: tests × outputs; variance: tests.
// Throws WrongShape, OutOfRange for a noise below 0. Infinite where a variance with its noise is 0 and the mean is not the target.
double negative_log_likelihood(MatrixIn mean, VectorIn variance, MatrixIn targets, double noise = 0);

}  // namespace ntk::inference
