using System.CommandLine;
using ConvNN.App.Faults;
using ConvNN.Data.Catalog;

namespace ConvNN.App.Commands.Data;

/// <summary>Describes <c>convnn data</c> and its subcommands.</summary>
internal static class DataCommands
{
    /// <summary>Gives a command its action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="request">Gets its arguments from the command line.</param>
    /// <param name="examples">Examples for its help.</param>
    public delegate Command Configure(Command command, Func<ParseResult, DataRequest> request, params string[] examples);

    /// <summary>The command.</summary>
    /// <param name="get">Configures <c>get</c>.</param>
    /// <param name="list">Configures <c>list</c>.</param>
    /// <param name="path">Configures <c>path</c>.</param>
    public static Command Create(Configure get, Configure list, Configure path)
    {
        Argument<string[]> names = Named<string[]>(ArgumentArity.ZeroOrMore, "the datasets; without one, the configured dataset");
        Argument<string?> name = Named<string?>(ArgumentArity.ZeroOrOne, "the dataset; without one, the folder of them all");
        Option<bool> json = new("--json") { Description = "as JSON" };
        Command data = new("data", "Fetch datasets ahead of runs, list them, find them.")
        {
            get(
                new Command("get", "Fetch datasets into the cache, so that runs need no network.") { names },
                result => new DataRequest(result.GetValue(names) ?? []),
                "data get mnist",
                "data get mnist fashion-mnist"),
            list(
                new Command("list", "List the known datasets, and how much of each is in the cache.") { json },
                result => new DataRequest([], result.GetValue(json)),
                "data list"),
            path(
                new Command("path", "Print the folder of a dataset in the cache.") { name },
                result => new DataRequest(result.GetValue(name) is { } given ? [given] : []),
                "data path mnist"),
        };
        data.SetAction(int (_) => throw new UsageException($"data needs a subcommand: {string.Join(", ", data.Subcommands.Select(command => command.Name))}; data --help says more."));
        return data;
    }

    private static Argument<T> Named<T>(ArgumentArity arity, string description)
    {
        Argument<T> argument = new("NAME") { Arity = arity, Description = description };
        argument.CompletionSources.Add([.. DatasetCatalog.Names]);
        return argument;
    }
}
