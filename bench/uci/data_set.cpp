#include "data_set.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace fs = std::filesystem;

namespace {

std::ifstream open(const fs::path& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot open " + path.string());
  return in;
}

std::string value_of(const fs::path& description, const std::string& key) {
  std::ifstream in = open(description);
  for (std::string name, value; in >> name >> value;)
    if (name == key + "=") return value;
  throw std::runtime_error(description.string() + " has no " + key);
}

std::vector<Split> read_splits(const fs::path& path) {
  std::ifstream in = open(path);
  std::vector<Split> splits;
  const auto numbers = [](const std::string& line) {
    std::istringstream words(line);
    std::vector<int> list;
    for (int i = 0; words >> i;) list.push_back(i);
    return list;
  };
  for (std::string train, test; std::getline(in, train) && std::getline(in, test);) splits.push_back({numbers(train), numbers(test)});
  if (splits.empty()) throw std::runtime_error(path.string() + " holds no split");
  return splits;
}

}  // namespace

DataSet read_data_set(const std::string& folder) {
  const fs::path path(folder);
  DataSet data;
  data.name = path.filename().string();
  const fs::path file = path / value_of(path / (data.name + ".txt"), "fich1");
  std::ifstream in = open(file);
  std::string line;
  std::getline(in, line);  // names of the columns
  while (std::getline(in, line)) {
    std::istringstream words(line);
    double value = 0;
    if (!(words >> value)) continue;  // the sample's number
    std::vector<double> row;
    while (words >> value) row.push_back(value);
    if (row.size() < 2 || (data.samples > 0 && row.size() != data.features + 1))
      throw std::runtime_error("a ragged row in " + file.string());
    data.features = row.size() - 1;
    data.labels.push_back(row.back());
    data.x.insert(data.x.end(), row.begin(), row.end() - 1);
    ++data.samples;
  }
  data.validation = read_splits(path / "conxuntos.dat").front();
  data.folds = read_splits(path / "conxuntos_kfold.dat");
  return data;
}
