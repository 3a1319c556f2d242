using ConvNN.App.Faults;
using ConvNN.Data.Catalog;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Data;

/// <summary>The arguments of a <c>convnn data</c> command.</summary>
/// <param name="Names">The names of the datasets, as typed.</param>
/// <param name="IsJson">Whether to print JSON.</param>
/// <param name="Page">The HTML file to write; null for none.</param>
internal sealed record DataRequest(IReadOnlyList<string> Names, bool IsJson = false, string? Page = null)
{
    /// <summary>The names, checked.</summary>
    /// <exception cref="UsageException">A name is not that of a dataset.</exception>
    public IReadOnlyList<string> KnownNames => Names.FirstOrDefault(name => !DatasetCatalog.Names.Contains(name)) is { } unknown
        ? throw new UsageException($"'{unknown}' is not a dataset; {NearestName.Hint(unknown, DatasetCatalog.Names)}")
        : Names;
}
