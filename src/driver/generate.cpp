#include "driver/generate.hpp"

#include <algorithm>
#include <stdexcept>

#include "backends/backend.hpp"
#include "driver/describe.hpp"
#include "driver/gradient.hpp"
#include "support/sha256.hpp"

namespace ntkc::driver {

namespace {

// A param is asked of the networks that have it; of one at least.
std::vector<std::string> wanted(const Compilation& c, std::size_t network, const std::vector<std::string>& asked) {
  const auto has = [&](const plan::Plan& plan, const std::string& name) {
    return std::ranges::any_of(plan.params, [&](const graph::Param& p) { return p.name == name; });
  };
  const bool all = std::ranges::find(asked, "all") != asked.end();
  std::vector<std::string> names;
  for (const graph::Param& p : c.plans[network].params)
    if (all || std::ranges::find(asked, p.name) != asked.end()) names.push_back(p.name);
  for (const std::string& name : asked)
    if (name != "all" && std::ranges::none_of(c.plans, [&](const plan::Plan& p) { return has(p, name); })) names.push_back(name);
  return names;
}

std::vector<plan::Plan> derivatives(const Compilation& c, std::size_t network, const std::vector<std::string>& asked,
                                    Diagnostics& diagnostics) {
  lower::Kernels kernels{false, false};
  for (const auto& output : c.plans[network].outputs) (output.name == "nngp" ? kernels.nngp : kernels.ntk) = true;
  std::vector<plan::Plan> plans;
  for (const std::string& name : wanted(c, network, asked))
    if (auto plan = gradient(c, network, name, kernels, diagnostics)) plans.push_back(std::move(*plan));
  return plans;
}

}  // namespace

std::string generate(const Compilation& c, const GenerateOptions& options, Diagnostics& diagnostics) {
  const backends::Backend* backend = backends::find(options.backend);
  if (!backend || c.plans.size() != c.graphs.size()) throw std::logic_error("generate: no such backend, or the spec was not compiled");
  const std::string& spec = c.sources.name(c.files.front().source);
  backends::Unit unit;
  unit.options.name_space = options.name_space;
  unit.options.standalone = options.standalone;
  unit.options.stem = stem(spec);
  const auto slash = spec.rfind('/');
  unit.options.spec = spec == "<stdin>" ? "stdin" : slash == std::string::npos ? spec : spec.substr(slash + 1);
  unit.options.sha256 = sha256_hex(c.sources.text(c.files.front().source));
  unit.options.version = kVersion;
  for (std::size_t i = 0; i < c.plans.size(); ++i)
    unit.networks.push_back({c.plans[i], notes(c, i), derivatives(c, i, options.gradient, diagnostics)});
  return diagnostics.has_errors() ? "" : backend->emit(unit);
}

std::string stem(const std::string& spec) {
  if (spec == "<stdin>" || spec == "-") return "stdin";
  std::string name = spec.substr(spec.rfind('/') + 1);  // npos + 1 is 0
  const auto dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

bool is_namespace(std::string_view text) {
  constexpr std::string_view kKeywords =
      " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl concept const "
      "consteval constexpr "
      "constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export "
      "extern false "
      "float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected "
      "public register "
      "reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this thread_local "
      "throw true try "
      "typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq ";
  for (;;) {
    const auto end = text.find("::");
    const std::string_view part = text.substr(0, end);
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (part.empty() || !letter(part[0])) return false;
    for (const char c : part)
      if (!letter(c) && !(c >= '0' && c <= '9')) return false;
    if (kKeywords.find(" " + std::string(part) + " ") != std::string_view::npos) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 2);
  }
}

std::string escape_for_make(const std::string& path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == ' ' || c == '\t') {  // backslashes before a blank are doubled, as make reads them
      for (std::size_t k = i; k > 0 && path[k - 1] == '\\'; --k) out += '\\';
      out += '\\';
    } else if (c == '#') {
      out += '\\';
    } else if (c == '$') {
      out += '$';
    }
    out += c;
  }
  return out;
}

std::string depfile(const std::vector<std::string>& targets, const std::vector<std::string>& files, bool phony) {
  std::string out;
  for (const std::string& target : targets) out += (out.empty() ? "" : " ") + target;
  out += ":";
  for (const std::string& file : files) out += (&file == &files.front() ? " " : " \\\n  ") + escape_for_make(file);
  out += "\n";
  for (std::size_t i = 1; phony && i < files.size(); ++i) out += escape_for_make(files[i]) + ":\n";
  return out;
}

}  // namespace ntkc::driver
