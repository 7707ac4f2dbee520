// Files for the tests of io: a folder that lives as long as the value.
#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "support/diagnostics.hpp"

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ntkc-io-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string bytes_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The only code reported, or one that does not exist.
inline ntkc::Code only_code(const ntkc::Diagnostics& d) { return d.all().size() == 1 ? d.all()[0].code : ntkc::Code{}; }
