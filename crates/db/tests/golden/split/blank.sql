 	
;;;
;-- nothing
/* at all */