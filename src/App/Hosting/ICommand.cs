namespace ConvNN.App.Hosting;

/// <summary>A command of the program, run as the host's one service.</summary>
internal interface ICommand
{
    /// <summary>Does the work.</summary>
    /// <param name="cancellationToken">Cancelled by the first signal.</param>
    /// <returns>The exit code.</returns>
    Task<int> RunAsync(CancellationToken cancellationToken);
}
