#include "svm.hpp"

#include <libsvm/svm.h>

#include <memory>
#include <stdexcept>

namespace {

// A row of libsvm's precomputed kernels: the number of the sample, then its kernel with the training samples, then an end.
std::vector<svm_node> row(const std::vector<double>& kernel, std::size_t samples, int sample, int number, const std::vector<int>& train) {
  std::vector<svm_node> nodes(train.size() + 2);
  nodes[0] = {0, static_cast<double>(number)};
  const double* k = kernel.data() + static_cast<std::size_t>(sample) * samples;
  for (std::size_t j = 0; j < train.size(); ++j) nodes[j + 1] = {static_cast<int>(j + 1), k[train[j]]};
  nodes.back() = {-1, 0};
  return nodes;
}

struct Free {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

}  // namespace

double svm_accuracy(const std::vector<double>& kernel, const std::vector<double>& labels, const Split& split, double cost) {
  std::vector<std::vector<svm_node>> rows;
  std::vector<svm_node*> places;
  std::vector<double> y;
  rows.reserve(split.train.size());
  for (const int i : split.train) {
    rows.push_back(row(kernel, labels.size(), i, static_cast<int>(rows.size()) + 1, split.train));
    places.push_back(rows.back().data());
    y.push_back(labels[static_cast<std::size_t>(i)]);
  }
  const svm_problem problem{static_cast<int>(y.size()), y.data(), places.data()};
  svm_parameter parameter{};
  parameter.svm_type = C_SVC;
  parameter.kernel_type = PRECOMPUTED;
  parameter.C = cost;
  parameter.eps = 1e-3;
  parameter.cache_size = 200;
  parameter.shrinking = 1;
  if (const char* fault = svm_check_parameter(&problem, &parameter)) throw std::runtime_error(fault);
  svm_set_print_string_function([](const char*) {});
  const std::unique_ptr<svm_model, Free> model(svm_train(&problem, &parameter));
  double right = 0;
  for (const int i : split.test)
    right += svm_predict(model.get(), row(kernel, labels.size(), i, 1, split.train).data()) == labels[static_cast<std::size_t>(i)];
  return right / static_cast<double>(split.test.size());
}
