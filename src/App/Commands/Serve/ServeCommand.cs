using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Live;
using ConvNN.App.Output;
using ConvNN.Dashboard;
using ConvNN.Formats;

namespace ConvNN.App.Commands.Serve;

/// <summary><c>convnn serve</c>: a page on which one draws a digit, and a service that classifies pictures.</summary>
/// <param name="request">The model, and where to serve.</param>
/// <param name="signals">End it.</param>
/// <param name="output">Where the address is printed.</param>
internal sealed class ServeCommand(ServeRequest request, StopSignals signals, LineWriter output) : ICommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Classifier classifier = Classifier.Load(request.Model.Path);
        await using WebServer server = await WebServer.StartAsync(
            request.Address,
            PageFiles.Of("draw.html", "draw.css", "draw.js", "dom.js"),
            new ClassifierActions(classifier).All);
        signals.IsIdle = true;
        output.Write($"model   {request.Model.Path}");
        output.Write($"open    {server.Address.AbsoluteUri} until ^C");
        output.ThrowIfLost();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }

        return ExitCode.Done;
    }
}
