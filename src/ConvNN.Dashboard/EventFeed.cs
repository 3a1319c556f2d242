namespace ConvNN.Dashboard;

/// <summary>
/// What pages that follow a run are told, as JSON objects. It keeps the whole history, thinned where it is long, so that a page that is
/// opened late gets all of it. Putting never waits for a reader: these come for what is new.
/// </summary>
public sealed class EventFeed
{
    // Of a kind with more items than this, every second one goes; its first and its last stay.
    private const int MostOfKind = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = [];
    private List<FeedItem> _items = [];
    private long _last;
    private bool _isComplete;

    /// <summary>Whether nothing more will come.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate)
            {
                return _isComplete;
            }
        }
    }

    /// <summary>Adds an item.</summary>
    /// <param name="kind">Its kind; of a kind with many items, older ones are thinned.</param>
    /// <param name="json">A JSON object.</param>
    /// <param name="replaces">Whether it takes the place of the last item of its kind.</param>
    public void Put(string kind, string json, bool replaces = false)
    {
        lock (_gate)
        {
            if (_isComplete)
            {
                return;
            }

            int place = replaces ? _items.FindLastIndex(item => item.Kind == kind) : -1;
            bool isReplaced = place >= 0;
            if (isReplaced)
            {
                _items.RemoveAt(place);
            }

            _items.Add(new FeedItem(++_last, kind, json));
            int count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1 - (isReplaced ? 1 : 0);
            if (count > MostOfKind)
            {
                Thin(kind);
            }
        }
    }

    /// <summary>Ends the feed: readers get what is left and leave.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
        }
    }

    /// <summary>The items after one.</summary>
    /// <param name="number">Its number; 0 for all.</param>
    public IReadOnlyList<FeedItem> After(long number)
    {
        lock (_gate)
        {
            int first = _items.FindIndex(item => item.Number > number);
            return first < 0 ? [] : _items[first..];
        }
    }

    private void Thin(string kind)
    {
        int seen = 0;
        _items = [.. _items.Where(item => item.Kind != kind || item.Number == _last || seen++ % 2 == 0)];
        _counts[kind] = _items.Count(item => item.Kind == kind);
    }
}

/// <summary>An item of an <see cref="EventFeed"/>.</summary>
/// <param name="Number">Its number, rising.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Json">A JSON object.</param>
public readonly record struct FeedItem(long Number, string Kind, string Json);
