#include "grammar/load.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "grammar/parse.hpp"
#include "grammar/std.hpp"

namespace ntkc::grammar {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStd = "std/";

struct Found {
  std::string path, identity, text;
  bool built_in = false;
};

class Loader {
 public:
  Loader(SourceProvider& provider, const std::vector<std::string>& include_dirs, Sources& sources, Diagnostics& diagnostics,
         std::vector<LoadedFile>& loaded)
      : provider_(provider), include_dirs_(include_dirs), sources_(sources), diagnostics_(diagnostics), loaded_(loaded) {}

  std::optional<ast::Files> load(const std::string& path) {
    auto text = provider_.read(path);
    if (const auto* failure = std::get_if<ReadFailure>(&text)) {
      diagnostics_.report_global(Code::spec_unreadable, path, failure->reason);
      return std::nullopt;
    }
    add({path, provider_.identity(path), std::move(std::get<std::string>(text))});
    // A list of files, not recursion: import chains may be long.
    for (std::size_t i = 0; i < files_.files.size(); ++i) follow(i);
    report_cycle();
    if (!complete_) return std::nullopt;
    return std::move(files_);
  }

 private:
  std::size_t add(Found found) {
    const std::size_t index = files_.files.size();
    index_.emplace(found.identity, index);
    const auto source = sources_.add(found.path, std::move(found.text));
    loaded_.push_back({found.path, found.built_in, source});
    built_in_.push_back(found.built_in);
    auto file = parse(sources_, source, diagnostics_);
    complete_ = complete_ && file.has_value();
    files_.files.push_back(file ? std::move(*file) : ast::File{});
    files_.files.back().source = source;
    files_.imports.emplace_back();
    return index;
  }

  void follow(std::size_t index) {
    for (std::size_t item = 0; item < files_.files[index].items.size(); ++item) {
      const auto* node = std::get_if<ast::Import>(&files_.files[index].items[item].node);
      if (!node) continue;
      const std::string path = node->path;
      const Span span = node->path_span;
      auto found = find(path, index, span);
      if (!found) continue;
      const auto known = index_.find(found->identity);
      const std::size_t target = known != index_.end() ? known->second : add(std::move(*found));
      files_.imports[index].push_back({item, target});
    }
  }

  std::optional<Found> find(const std::string& path, std::size_t importer, Span span) {
    std::vector<std::string> tried;
    const auto try_folder = [&](const fs::path& folder) -> std::variant<std::string, ReadFailure> {
      tried.push_back((folder / path).lexically_normal().generic_string());
      return provider_.read(tried.back());
    };
    std::vector<fs::path> folders;
    if (!built_in_[importer]) folders.push_back(fs::path(sources_.name(files_.files[importer].source)).parent_path());
    if (!fs::path(path).is_absolute()) folders.insert(folders.end(), include_dirs_.begin(), include_dirs_.end());
    for (const fs::path& folder : folders) {
      auto text = try_folder(folder);
      if (auto* good = std::get_if<std::string>(&text))
        return Found{tried.back(), provider_.identity(tried.back()), std::move(*good), false};
      const auto& failure = std::get<ReadFailure>(text);
      if (failure.kind == ReadFailure::Kind::missing) continue;
      complete_ = false;
      diagnostics_.report(Code::import_unreadable, span, tried.back(), failure.reason);
      return std::nullopt;
    }
    const std::string_view name = std::string_view(path).substr(path.starts_with(kStd) ? kStd.size() : 0);
    const auto files = std_files();
    if (const auto file = std::ranges::find(files, name, &StdFile::name); file != files.end()) {
      const std::string full = std::string(kStd) + std::string(name);
      return Found{full, "<" + full + ">", std::string(file->text), true};
    }
    complete_ = false;
    auto& diagnostic = diagnostics_.report(Code::import_not_found, span, path);
    for (const std::string& place : tried) diagnostic.note(span, fmt::format("there is no `{}`", place));
    std::string built_in;
    for (const StdFile& file : files) built_in += fmt::format("{}`{}`", built_in.empty() ? "" : ", ", file.name);
    diagnostic.suggest(fmt::format("give its folder with -I; inside the compiler are {}", built_in));
    return std::nullopt;
  }

  // Depth first with the path kept; the first edge that closes a circle is told with the whole circle.
  void report_cycle() {
    struct Frame {
      std::size_t file, next = 0;
    };
    std::vector<Frame> path{{0}};
    std::set<std::size_t> done, open{0};
    while (!path.empty()) {
      Frame& frame = path.back();
      if (frame.next == files_.imports[frame.file].size()) {
        open.erase(frame.file);
        done.insert(frame.file);
        path.pop_back();
        continue;
      }
      const ast::ImportEdge& edge = files_.imports[frame.file][frame.next++];
      if (done.contains(edge.target)) continue;
      if (open.contains(edge.target)) {
        const auto begin = std::ranges::find(path, edge.target, &Frame::file);
        complete_ = false;
        std::string through;
        for (auto at = begin + 1; at != path.end(); ++at)
          through += fmt::format("{}`{}`", through.empty() ? " through " : ", ", name(at->file));
        auto& diagnostic = diagnostics_.report(Code::import_cycle, import_at(frame.file, edge.item), name(edge.target), through);
        for (auto at = begin; at + 1 != path.end(); ++at)
          diagnostic.note(import_at(at->file, files_.imports[at->file][at->next - 1].item),
                          fmt::format("imports `{}`", name((at + 1)->file)));
        continue;
      }
      open.insert(edge.target);
      path.push_back({edge.target});
    }
  }

  const std::string& name(std::size_t file) const { return sources_.name(files_.files[file].source); }
  Span import_at(std::size_t file, std::size_t item) const { return std::get<ast::Import>(files_.files[file].items[item].node).path_span; }

  SourceProvider& provider_;
  const std::vector<std::string>& include_dirs_;
  Sources& sources_;
  Diagnostics& diagnostics_;
  std::vector<LoadedFile>& loaded_;
  ast::Files files_;
  std::map<std::string, std::size_t> index_;
  std::vector<bool> built_in_;
  bool complete_ = true;
};

}  // namespace

std::optional<ast::Files> load(SourceProvider& provider, const std::string& path, const std::vector<std::string>& include_dirs,
                               Sources& sources, Diagnostics& diagnostics, std::vector<LoadedFile>* loaded) {
  std::vector<LoadedFile> files;
  auto result = Loader(provider, include_dirs, sources, diagnostics, files).load(path);
  if (loaded) *loaded = std::move(files);
  return result;
}

}  // namespace ntkc::grammar
