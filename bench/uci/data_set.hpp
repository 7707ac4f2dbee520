// The data sets of Fernández-Delgado et al. 2014, "Do we Need Hundreds of Classifiers to Solve Real World Classification Problems?", in the
// folders and files of their authors.
#pragma once
#include <string>
#include <vector>

struct Split {
  std::vector<int> train, test;
};

struct DataSet {
  std::string name;
  std::size_t samples = 0, features = 0;
  std::vector<double> x;       // samples * features
  std::vector<double> labels;  // the class of each sample
  Split validation;            // to choose hyper-parameters
  std::vector<Split> folds;    // to be scored
};

// Throws std::runtime_error naming the file that is not as it should be.
DataSet read_data_set(const std::string& folder);
