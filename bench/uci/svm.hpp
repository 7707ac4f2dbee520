// A support vector machine on a kernel that is given.
#pragma once
#include <vector>

#include "data_set.hpp"

// The share of split.test that a C-SVM trained on split.train (one against one) gets right. kernel: samples * samples.
double svm_accuracy(const std::vector<double>& kernel, const std::vector<double>& labels, const Split& split, double cost);
