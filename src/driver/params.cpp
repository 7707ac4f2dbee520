#include "driver/params.hpp"

#include <nlohmann/json.hpp>

namespace ntkc::driver {
namespace {

using Json = nlohmann::ordered_json;

// The language's spelling of a JSON value; nothing for null and what has none.
std::optional<std::string> expression(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (!value.is_array()) return std::nullopt;
  std::string list;
  for (const Json& element : value) {
    const auto text = expression(element);
    if (!text) return std::nullopt;
    list += (list.empty() ? "" : ", ") + *text;
  }
  return "[" + list + "]";
}

bool collect(const Json& object, const std::string& prefix, std::vector<Define>& defines) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      if (!collect(value, prefix + name + ".", defines)) return false;
    } else if (const auto text = expression(value)) {
      defines.push_back({prefix + name, *text});
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Define> parse_define(const std::string& text, Diagnostics& diagnostics) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    diagnostics.report_global(Code::malformed_define, text);
    return std::nullopt;
  }
  return Define{text.substr(0, equals), text.substr(equals + 1)};
}

std::optional<std::vector<Define>> read_params(const std::string& path, Diagnostics& diagnostics) {
  const auto read = DiskProvider().read(path);
  if (const auto* failure = std::get_if<ReadFailure>(&read)) {
    diagnostics.report_global(Code::cannot_open, path, failure->reason);
    return std::nullopt;
  }
  try {
    const Json json = Json::parse(std::get<std::string>(read));
    std::vector<Define> defines;
    const bool collected = json.is_object() && collect(json, "", defines);
    for (Define& define : defines) define.origin = "--params " + path;
    if (collected) return defines;
    diagnostics.report_global(Code::params_malformed, path, "it must be an object whose values are numbers, truth values, lists or texts");
  } catch (const Json::exception& e) {
    diagnostics.report_global(Code::params_malformed, path, e.what());
  }
  return std::nullopt;
}

}  // namespace ntkc::driver
