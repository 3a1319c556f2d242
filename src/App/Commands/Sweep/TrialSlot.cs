namespace ConvNN.App.Commands.Sweep;

/// <summary>A place where one trial at a time trains: in this process, or on another rank.</summary>
/// <param name="trial">The trial.</param>
/// <param name="rung">The rung of <see cref="Halving"/> to which it trains; 0 without halving.</param>
/// <param name="onEpoch">Is told the number of each finished epoch, from any thread.</param>
/// <param name="cancellationToken">Stops it after its current step.</param>
/// <returns>Its row, which also tells of a fault; null if it was stopped.</returns>
internal delegate Task<TrialRow?> TrialSlot(PreparedTrial trial, int rung, Action<int> onEpoch, CancellationToken cancellationToken);
