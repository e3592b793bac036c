//! The global allocator: one free list for each power of two, over memory taken from `brk`.
//!
//! Allocation and release take constant time. Memory is never given back to the platform and a
//! block never changes its size class, which suits programs that run once and exit.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

use crate::ecall;

const MIN_BLOCK: usize = 16;
const PAGE: usize = 4096;
/// The heap grows by at least this much at a time.
const GROWTH: usize = 1 << 20;

struct FreeBlock {
    next: *mut FreeBlock,
}

struct State {
    /// `free[k]` holds released blocks of 2^k bytes.
    free: [*mut FreeBlock; usize::BITS as usize],
    /// Fresh memory: `next..end` belongs to the heap and was never handed out.
    next: usize,
    end: usize,
}

pub struct Heap(UnsafeCell<State>);

// A guest has one hart and no interrupts.
unsafe impl Sync for Heap {}

#[global_allocator]
pub static HEAP: Heap = Heap(UnsafeCell::new(State {
    free: [null_mut(); usize::BITS as usize],
    next: 0,
    end: 0,
}));

/// The size of the block that serves `layout`; `None` if it cannot exist. Blocks are aligned to
/// their size, up to a page.
fn block_size(layout: Layout) -> Option<usize> {
    if layout.align() > PAGE {
        return None;
    }
    let size = layout.size().max(layout.align()).max(MIN_BLOCK);
    size.checked_next_power_of_two()
}

impl State {
    fn take_fresh(&mut self, size: usize) -> Option<*mut u8> {
        if self.end == 0 {
            self.next = ecall::brk(0);
            self.end = self.next;
        }
        let start = self.next.checked_next_multiple_of(size.min(PAGE))?;
        let stop = start.checked_add(size)?;
        if stop > self.end {
            let end = stop.checked_next_multiple_of(GROWTH)?;
            if ecall::brk(end) < stop {
                return None;
            }
            self.end = end;
        }
        self.next = stop;
        Some(start as *mut u8)
    }
}

unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(size) = block_size(layout) else {
            return null_mut();
        };
        let state = unsafe { &mut *self.0.get() };
        let list = &mut state.free[size.trailing_zeros() as usize];
        if list.is_null() {
            return state.take_fresh(size).unwrap_or(null_mut());
        }
        let block = *list;
        *list = unsafe { (*block).next };
        block.cast()
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // `alloc` computed the same size for the same layout, so there is one.
        let Some(size) = block_size(layout) else {
            return;
        };
        let list = unsafe { &mut (*self.0.get()).free[size.trailing_zeros() as usize] };
        let block = block.cast::<FreeBlock>();
        unsafe { (*block).next = *list };
        *list = block;
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let Ok(new_layout) = Layout::from_size_align(new_size, layout.align()) else {
            return null_mut();
        };
        if block_size(new_layout) == block_size(layout) {
            return block;
        }
        unsafe {
            let new_block = self.alloc(new_layout);
            if !new_block.is_null() {
                new_block.copy_from_nonoverlapping(block, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new_block
        }
    }
}
