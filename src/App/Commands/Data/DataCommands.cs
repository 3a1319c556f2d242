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
    /// <param name="check">Configures <c>check</c>.</param>
    public static Command Create(Configure get, Configure list, Configure path, Configure check)
    {
        Argument<string[]> names = Named<string[]>(ArgumentArity.ZeroOrMore, "the datasets; without one, the configured dataset");
        Argument<string?> name = Named<string?>(ArgumentArity.ZeroOrOne, "the dataset; without one, the folder of them all");
        Argument<string?> folder = new("DIR") { Arity = ArgumentArity.ZeroOrOne, Description = "the folder; without one, Data:Directory" };
        Option<bool> json = new("--json") { Description = "as JSON" };
        Option<bool> checkJson = new("--json") { Description = "as JSON, with every picture" };
        Option<string?> page = new("--html") { HelpName = "FILE", Description = "also write a page with the pictures of each class" };
        Command data = new("data", "Fetch datasets ahead of runs, list them, find them, check your own.")
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
            check(
                new Command("check", "Read every picture of a folder: classes, sizes, duplicates, and what cannot be read.") { folder, page, checkJson },
                result => new DataRequest(result.GetValue(folder) is { } given ? [given] : [], result.GetValue(checkJson), result.GetValue(page)),
                "data check photos",
                "data check photos --html photos.html"),
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
