#include <set>
#include <stdexcept>

#include "backends/runtime_text.hpp"

namespace ntkc::backends {
namespace {

class Inliner {
 public:
  std::string run(const std::string& root) {
    put(root);
    return std::move(out_);
  }

 private:
  void put(const std::string& file) {
    if (!seen_.insert(file).second) return;
    std::string_view text = find(file);
    while (!text.empty()) {
      const auto end = text.find('\n');
      const auto line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (line.starts_with("#pragma once")) continue;
      if (const auto own = included(line, file); !own.empty())
        put(own);
      else
        out_.append(line) += '\n';
    }
  }

  // The runtime file that the line includes, or "".
  static std::string included(std::string_view line, const std::string& from) {
    if (!line.starts_with("#include ")) return "";
    const auto begin = line.find_first_of("\"<"), end = line.find_last_of("\">");
    if (begin == std::string_view::npos || end <= begin) return "";
    const std::string name(line.substr(begin + 1, end - begin - 1));
    for (const auto& candidate : {name, from.substr(0, from.rfind('/') + 1) + name})
      if (exists(candidate)) return candidate;
    return "";
  }
  static bool exists(std::string_view name) {
    for (const auto& file : runtime_files())
      if (file.name == name) return true;
    return false;
  }
  static std::string_view find(std::string_view name) {
    for (const auto& file : runtime_files())
      if (file.name == name) return file.text;
    throw std::logic_error("backend: no runtime file " + std::string(name));
  }

  std::set<std::string> seen_;
  std::string out_;
};

}  // namespace

std::string standalone_runtime(const std::string& root) { return Inliner().run(root); }

}  // namespace ntkc::backends
