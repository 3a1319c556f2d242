namespace ConvNN.Dashboard;

/// <summary>
/// What pages that follow a run are told, as JSON objects. It keeps the whole history, thinned where it is long, so that a page that is
/// opened late gets all of it. Putting never waits for a reader: these come for what is new.
/// </summary>
public sealed class EventFeed
{
    // Above the first number every second item of a kind that has more than the other is dropped.
    private const int Most = 4096;
    private const int MostOfKind = 512;

    private readonly Lock _gate = new();
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

            if (replaces && _items.FindLastIndex(item => item.Kind == kind) is var place and >= 0)
            {
                _items.RemoveAt(place);
            }

            _items.Add(new FeedItem(++_last, kind, json));
            if (_items.Count > Most)
            {
                _items = [.. Thinned()];
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

    private IEnumerable<FeedItem> Thinned()
    {
        HashSet<string> many = [.. _items.CountBy(item => item.Kind).Where(kind => kind.Value > MostOfKind).Select(kind => kind.Key)];
        Dictionary<string, int> seen = [];
        foreach (FeedItem item in _items)
        {
            int place = seen[item.Kind] = seen.GetValueOrDefault(item.Kind) + 1;
            if (item.Number == _last || !many.Contains(item.Kind) || place % 2 == 1)
            {
                yield return item;
            }
        }
    }
}

/// <summary>An item of an <see cref="EventFeed"/>.</summary>
/// <param name="Number">Its number, rising.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Json">A JSON object.</param>
public readonly record struct FeedItem(long Number, string Kind, string Json);
