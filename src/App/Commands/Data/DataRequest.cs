using ConvNN.App.Faults;
using ConvNN.Data.Catalog;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Data;

/// <summary>What a <c>convnn data</c> command is asked for.</summary>
/// <param name="Names">The datasets, as they were typed.</param>
/// <param name="IsJson">Whether it is to answer in JSON.</param>
internal sealed record DataRequest(IReadOnlyList<string> Names, bool IsJson = false)
{
    /// <summary>The datasets.</summary>
    /// <exception cref="UsageException">There is no dataset of a name.</exception>
    public IReadOnlyList<string> KnownNames => Names.FirstOrDefault(name => !DatasetCatalog.Names.Contains(name)) is { } unknown
        ? throw new UsageException($"'{unknown}' is no dataset; {NearestName.Hint(unknown, DatasetCatalog.Names)}")
        : Names;
}
