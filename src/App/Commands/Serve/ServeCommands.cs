using System.CommandLine;
using ConvNN.App.Commands.Options;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Dashboard;

namespace ConvNN.App.Commands.Serve;

/// <summary>Describes <c>serve</c>.</summary>
internal static class ServeCommands
{
    /// <summary>Gives the command its action.</summary>
    public delegate Command Serving(Command command, Func<ParseResult, ServeRequest> request, params string[] examples);

    /// <summary>The command.</summary>
    /// <param name="serving">Configures it.</param>
    public static Command Create(Serving serving)
    {
        Argument<string?> port = new("PORT") { Arity = ArgumentArity.ZeroOrOne, HelpName = "PORT", Description = $"the port, by default {DashboardOptions.DefaultPort}; 0 for any that is free" };
        Option<string?> model = new("--model", "-m") { HelpName = "PATH", Description = "a model file, or the folder of a run or a checkpoint; without it, the newest run" };
        model.CompletionSources.Add(Completions.Runs);
        Option<string?> host = new("--host") { HelpName = "HOST", Description = "name or address of this machine under which others may open the page, with the token that the printed address carries; * for all; by default, only this machine may" };
        return serving(
            new Command("serve", "Serve a page on which you draw a digit, or drop a picture, and see what the network makes of it; POST /predict answers JSON.") { port, model, host },
            result => new ServeRequest(new WebAddress(Host(result.GetValue(host)), Port(result.GetValue(port))), ModelLocation.Find(result.GetValue(model))),
            "serve",
            "serve 8080 --model runs/first");
    }

    private static int Port(string? given) => given is null ? DashboardOptions.DefaultPort
        : int.TryParse(given, out int port) && DashboardOptions.Ports.IsAllowed(port) ? port
        : throw new UsageException($"PORT '{given}': {DashboardOptions.Ports.Rule}.");

    private static string? Host(string? given) => given is null || DashboardOptions.Hosts.IsAllowed(given) ? given
        : throw new UsageException($"--host '{given}': {DashboardOptions.Hosts.Rule}.");
}
