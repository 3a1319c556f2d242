using System.Collections.Concurrent;

namespace ConvNN.App.Commands.Sweep;

/// <summary>Hands trials to slots: each takes the next one when it is free.</summary>
/// <param name="slots">The slots; the first trials go to the first ones.</param>
/// <param name="progress">Is told which trials run.</param>
internal sealed class TrialDispatcher(IReadOnlyList<TrialSlot> slots, SweepProgress progress)
{
    /// <summary>Runs trials to a rung.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="rung">The rung.</param>
    /// <param name="keep">Saves the row of a trial, from any thread; an exception from it ends the sweep.</param>
    /// <param name="cancellationToken">Stops running trials after their current step, without a row; no others begin.</param>
    public async Task RunAsync(IReadOnlyList<PreparedTrial> trials, int rung, Action<PreparedTrial, TrialRow> keep, CancellationToken cancellationToken)
    {
        // Long ones first: otherwise all would wait for one that began last. A single slot keeps the order of the sweep.
        ConcurrentQueue<PreparedTrial> waiting = new(slots.Count == 1 ? trials : trials.OrderByDescending(trial => trial.Cost));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> busy = [];
        foreach (TrialSlot slot in slots)
        {
            // Dealt before any slot begins, so that a few trials are spread over all ranks.
            if (waiting.TryDequeue(out PreparedTrial? first))
            {
                busy.Add(Task.Run(() => WorkAsync(slot, first), CancellationToken.None));
            }
        }

        await Task.WhenAll(busy);

        async Task WorkAsync(TrialSlot slot, PreparedTrial? trial)
        {
            try
            {
                for (; trial is not null && !stop.IsCancellationRequested; _ = waiting.TryDequeue(out trial))
                {
                    progress.Begin(trial);
                    PreparedTrial running = trial;
                    if (await slot(trial, rung, epoch => progress.Note(running, epoch), stop.Token) is { } row)
                    {
                        keep(trial, row);
                    }
                }
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }
}
