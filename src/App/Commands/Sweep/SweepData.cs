using ConvNN.App.Configuration;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.Data;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Model;

namespace ConvNN.App.Commands.Sweep;

/// <summary>The datasets of a sweep. Each is read once and shared by the trials, since images never change.</summary>
/// <param name="log">Where datasets and downloads are reported.</param>
/// <param name="time">The clock.</param>
internal sealed class SweepData(RunLog log, TimeProvider time)
{
    private readonly Dictionary<DatasetOptions, DatasetPair> _pairs = [];
    private readonly Dictionary<DatasetOptions, ConvNNException> _faults = [];

    /// <summary>The whole dataset of a trial.</summary>
    /// <param name="run">The trial's configuration.</param>
    /// <param name="cancellationToken">Stops a download, or loading between files.</param>
    /// <exception cref="DatasetException">It is missing or invalid.</exception>
    /// <exception cref="ConvNN.Data.Download.DownloadException">It cannot be downloaded.</exception>
    /// <exception cref="CacheException">It cannot be stored.</exception>
    public async Task<DatasetPair> LoadAsync(RunConfiguration run, CancellationToken cancellationToken)
    {
        // The part that a trial uses does not matter here.
        DatasetOptions wanted = run.Data with { Limit = null, Validation = null };
        if (_faults.TryGetValue(wanted, out ConvNNException? fault))
        {
            throw fault;
        }

        if (!_pairs.TryGetValue(wanted, out DatasetPair? pair))
        {
            try
            {
                pair = await DatasetCatalog.LoadAsync(wanted, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
            }
            catch (ConvNNException missing)
            {
                _faults[wanted] = missing;
                throw;
            }

            log.Write(DataEvent.Of(pair, pair.Train.Count));
            if (pair is { IsSample: true, FallbackReason: { } reason })
            {
                log.Write(TextEvent.Warning($"{DataEvent.SampleLabel}: MNIST is not available, so trials use the embedded sample of digits: {reason}"));
            }

            _pairs[wanted] = pair;
        }

        return pair;
    }
}
